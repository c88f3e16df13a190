"""The first phase of a restricted procedure: who asks to be invited, and who is, by published criteria."""
