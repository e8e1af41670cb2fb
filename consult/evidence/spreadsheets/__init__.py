"""Answers from another platform's spreadsheet, as evidence for a call.

`reading` opens the file, `layouts` knows what the platforms write, `mapping` proposes what each column means,
`rows` makes evidence of a row or tells what is wrong with it. Nothing here stores anything.
"""
