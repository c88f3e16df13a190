"""What is published of a contract: pure functions from plain facts to DECP 2.0.3 and OCDS 1.1.5.

No database here. `facts` says what is known, `fields` what is asked of the buyer, `judging` what is missing
or wrong, `decp` and `ocds` write the objects, `duty` says by when.
"""
