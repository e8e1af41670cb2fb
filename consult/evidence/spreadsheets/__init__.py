"""Answers from another platform's spreadsheet: read, understood, mapped to a call's questions, turned into evidence.

`reading` opens the file, `layouts` knows what the platforms write, `mapping` proposes what each column means,
`rows` makes evidence of a row or tells what is wrong with it. Nothing here stores anything.
"""
