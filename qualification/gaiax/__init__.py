"""Gaia-X credentials of both generations, verified. Pure but for `resolve` and `sandbox`.

Tagus (Trust Framework 22.10): JSON-LD VC 1.1 with the Gaia-X variant of JsonWebSignature2020, a signature
over the lower-case hexadecimal SHA-256 of the URDNA2015 form. Loire (Compliance Document 24.06 and later):
VC 2.0 as VC-JWT, presentations that envelope them. The facts come from the project's research note.
"""
