"""What the README shows is what happens."""

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_example_of_the_engine_prints_what_it_says(capsys):
	example = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[1]
	exec(compile(example, "README.md", "exec"), {})
	shown = [line.removeprefix("# ") for line in example.splitlines() if line.startswith("# ")]
	assert capsys.readouterr().out.splitlines() == shown
