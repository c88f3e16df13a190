"""Files owed under R7 (comparative study sent to DINUM) and R8 (control of large projects)."""
