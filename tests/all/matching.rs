//! Rows that are made only where a condition holds are the rows of the whole table for which it holds.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use sessionlint::discover::Root;
use sessionlint::facts::{Facts, Shapes, Views};
use sessionlint::load::load;
use sessionlint::metadata::Inputs;
use sessionlint::soql::{Catalog, Params, Tables, bind_condition, parse_condition};

#[test]
fn rows_made_where_a_condition_holds_are_those_of_the_table() {
    let mut compared = 0;
    for sample in ["leaky-org", "leaky-secure-org", "sound-secure-org"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects").join(sample);
        let loaded = load(&Root::open(&folder), Inputs::on("2026-12-01".parse().unwrap()));
        let facts = Facts::of(&loaded.project);
        let views = Views::new(&facts);
        let table = views.table("Grant").unwrap();
        assert_eq!(views.is_empty("grant"), table.rows.is_empty());
        for condition in [
            "Permission = 'ModifyAllData'",
            "HolderType = 'Profile' AND HasRestrictingRange = false",
            "DataAccess != null AND IsIntegration = true",
            "Permission LIKE 'A%' OR IsGuest = true",
        ] {
            let condition = parse_condition(condition).unwrap();
            let schema = Shapes.schema("Grant").unwrap();
            let filter = bind_condition(&condition, schema, &Shapes, &Params::new()).unwrap();
            let filter = filter.prepare(&views);
            let whole: Vec<String> = table.matching(Some(&filter)).iter().map(|row| format!("{row:?}")).collect();
            let made: Vec<String> =
                views.matching("Grant", Some(&filter)).iter().map(|row| format!("{row:?}")).collect();
            assert_eq!(made, whole, "{sample}");
            compared += whole.len();
        }
        assert_eq!(views.matching("Grant", None).len(), table.rows.len());
    }
    assert!(compared > 5, "{compared} rows compared");
}
