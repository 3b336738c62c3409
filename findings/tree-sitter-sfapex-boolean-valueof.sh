#!/usr/bin/env bash
# tree-sitter-sfapex 3.0.1 (crates tree-sitter 0.27.1 and tree-sitter-sfapex 3.0.1)
# Apex does not tell letters apart by case, and names of types are no reserved words there. The grammar makes only the
# small-letter `boolean` a keyword: `Boolean.valueOf(x)` is a call, `boolean.valueOf(x)` an error in the tree.
# Seen: one error with the small letter, none with the capital.
# Fails when the grammar no longer does this. Run by hand, outside CI; it needs Rust and a C compiler.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cargo init --quiet --name tried --bin .
printf 'tree-sitter = "=0.27.1"\ntree-sitter-sfapex = "=3.0.1"\n' >>Cargo.toml
cat >src/main.rs <<'R'
fn main() {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_sfapex::apex::LANGUAGE.into()).unwrap();
    for name in ["Boolean", "boolean"] {
        let text = format!("class A {{ Boolean is(String x) {{ return {name}.valueOf(x); }} }}");
        println!("{name} {}", parser.parse(&text, None).unwrap().root_node().has_error());
    }
}
R
seen=$(cargo run --quiet)
printf '%s\n' "$seen"
[ "$seen" = $'Boolean false\nboolean true' ]
