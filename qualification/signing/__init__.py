"""What the marketplace signs itself: its own findings, as verifiable credentials (VC 2.0 in VC-JWT).

Never a Gaia-X label, which a clearing house issues; never a verdict reached on a caller's own anchors.
"""
