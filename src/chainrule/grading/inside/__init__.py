"""What runs in the process of a student: it reads the files, runs what answers, and tells of it.

Nothing here knows a solution. Whatever is told is a claim, which another process judges.
"""
