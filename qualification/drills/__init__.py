"""Security contact drills: announced with a window, sent at an hour drawn at random, answered by a link."""
