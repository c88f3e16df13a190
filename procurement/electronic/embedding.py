"""Telling readers that the PDF holds an Order-X file: the metadata that the specification asks.

The file itself is attached when the PDF is compiled, so that the archive and accessibility marks stay;
only the description is added afterwards.
"""

from __future__ import annotations

import io

from procurement.electronic.order_x import FILE_NAME

_ADDRESS = "urn:factur-x:pdfa:CrossIndustryDocument:1p0#"
_PROPERTIES = {
    "DocumentType": "ORDER",
    "DocumentFileName": FILE_NAME,
    "Version": "1.0",
}
_DESCRIPTIONS = {
    "DocumentType": "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER",
    "DocumentFileName": "The name of the embedded XML document",
    "Version": "The version of the standard applying to the embedded XML document",
    "ConformanceLevel": "The conformance level of the embedded XML document",
}
_BAG_END = "</rdf:Bag></pdfaExtension:schemas>"
_RDF_END = "</rdf:RDF>"


def describe_order_x(pdf: bytes, *, level: str) -> bytes:
    """`level`: the conformance level, « BASIC » or « COMFORT ».

    The same bytes in give the same bytes out. Raises ValueError on metadata of an unknown shape."""
    import pikepdf  # a large library: only a process that prints pays for it

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        words = opened.Root.Metadata.read_bytes().decode()
        if _BAG_END not in words or _RDF_END not in words:
            raise ValueError("the metadata of the PDF have no bag of extension schemas")
        words = words.replace(_BAG_END, _schema() + _BAG_END, 1).replace(
            _RDF_END, _values(level) + _RDF_END, 1
        )
        stream = pikepdf.Stream(opened, words.encode())
        stream.Type, stream.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        opened.Root.Metadata = opened.make_indirect(stream)
        out = io.BytesIO()
        opened.save(out, deterministic_id=True)
    return out.getvalue()


def _schema() -> str:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{words}</pdfaProperty:description></rdf:li>"
        for name, words in _DESCRIPTIONS.items()
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_ADDRESS}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )


def _values(level: str) -> str:
    told = {**_PROPERTIES, "ConformanceLevel": level}
    values = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value in told.items())
    return f'<rdf:Description rdf:about="" xmlns:fx="{_ADDRESS}">{values}</rdf:Description>'
