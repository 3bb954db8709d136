"""Run notebooks: python3 tests/modules/notebooks.py NOTEBOOK.ipynb …

Each notebook is valid nbformat 4.5, is written as nbformat itself would write it, holds no outputs,
and every code cell of it runs to its end. Exit code 1 if anything is wrong, also if a notebook made
wrong on purpose passes.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def complaints(text: str) -> list[str]:
    """What is wrong with the text of a notebook."""
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    wrong = []
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        wrong.append("not nbformat 4.5")
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        wrong.append(f"not valid: {error.message}")
        return wrong
    if nbformat.writes(notebook) != text.rstrip("\n"):
        wrong.append("not written as nbformat writes it")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if any(cell.outputs or cell.execution_count for cell in code):
        wrong.append("it holds outputs")
    try:
        NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    except CellExecutionError as error:
        wrong.append(f"a cell fails: {error}")
    for cell in code:
        said = "".join(output.get("text", "") for output in cell.outputs)
        if "max error" not in said and "shape" not in said:
            wrong.append(f"a check said nothing: {said[:200]}")
    return wrong


def broken(text: str) -> str:
    """A notebook of which a check fails."""
    notebook = nbformat.reads(text, as_version=4)
    cell = nbformat.v4.new_code_cell("assert False", id="broken")
    notebook.cells.append(cell)
    return nbformat.writes(notebook) + "\n"


def main() -> int:
    """Run every notebook; 1 if anything is wrong."""
    bad = False
    texts = [(path, Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:]]
    for path, text in texts:
        wrong = complaints(text)
        checks = text.count('"cell_type": "code"')
        print(f"{path}: {checks} checks, {'ran' if not wrong else 'WRONG'}")
        for sentence in wrong:
            print(f"  {sentence}")
        bad = bad or bool(wrong) or not checks
    if not any("a cell fails" in sentence for sentence in complaints(broken(texts[0][1]))):
        print("WRONG: a notebook with a failing cell passes")
        bad = True
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
