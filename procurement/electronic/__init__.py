"""The order as machines read it: Order-X inside the PDF, UBL beside it."""
