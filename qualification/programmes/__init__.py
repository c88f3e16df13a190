"""Support programmes and calls: what is asked of whom, applications, what their operator chose, progress.

The marketplace informs, receives and follows. It never selects and never pays: the programme's operator does.
"""
