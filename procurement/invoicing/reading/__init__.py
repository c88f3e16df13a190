"""What an invoice says, whatever it came as: Factur-X, UBL 2.1 or CII, read without trusting it."""
