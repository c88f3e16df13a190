"""The notice of a consultation: where its publication is due, what was sent, when, under what reference.

Nothing is sent from here: the content is exported, a person copies it into the official form and records
what they were given.
"""
