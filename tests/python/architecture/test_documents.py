from builds import ROOT


def test_the_page_of_raw_tables_names_every_table_with_its_required_columns(manifest):
    page = (ROOT / "docs/raw_tables.md").read_text()
    rows = {
        row.split("`")[1]: row.split(" | ") for row in page.splitlines() if row.startswith("| `")
    }
    raw = {
        s["name"]: s["columns"] for s in manifest["sources"].values() if s["source_name"] == "raw"
    }
    required = {
        table: [n for n, column in columns.items() if column["config"]["meta"].get("required")]
        for table, columns in raw.items()
    }
    assert {table: row[2].split(", ") for table, row in rows.items()} == required
