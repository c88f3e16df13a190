from rest_framework.renderers import JSONRenderer


class PdfRenderer(JSONRenderer):
    """Lets « Accept: application/pdf » through; the file itself is answered whole by the view, so what is
    rendered here is a refusal, in JSON."""

    media_type = "application/pdf"
    format = "pdf"


class XmlRenderer(PdfRenderer):
    """The same for a file in XML."""

    media_type = "text/xml"
    format = "xml"
