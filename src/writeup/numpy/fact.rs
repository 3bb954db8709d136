//! What is required of the values of given arrays, as a generator of differences.
//!
//! The derivatives take it for granted, so they refuse values that break it; an output does not, so
//! that it can be differentiated at any place. The self check draws values that satisfy it.

use super::arithmetic::minus;
use super::code::Mode;
use super::function::{Function, texts};
use super::layout::{Doc, lines, list, text};
use super::lower::Lowering;
use super::stage::Workshop;
use crate::language::print::{Alphabet, expression};
use crate::language::program::Fact;
use crate::language::syntax::Relation;

/// The function `_facts`, if something is required of values.
pub(super) fn facts(shop: &Workshop<'_>) -> Result<Option<Function>, String> {
    if shop.program.facts.is_empty() {
        return Ok(None);
    }
    let parameters = [shop.array_names(), shop.keywords()?].concat();
    let about = "What is required of values: its text, its relation, left side less right side.";
    let mut function = Function {
        head: lines(0, &list("def _facts(", texts(&parameters), "):")),
        about: vec![about.into()],
        body: shop.opening().into_iter().collect(),
        ..Function::default()
    };
    for fact in &shop.program.facts {
        written(shop, fact, &mut function)?;
    }
    Ok(Some(function))
}

/// What is required, as the author would read it.
pub(super) fn statement(fact: &Fact) -> String {
    let sign = match fact.relation {
        Relation::Equal => "=",
        Relation::NotEqual => "≠",
        Relation::Less => "<",
        Relation::AtMost => "≤",
        Relation::Greater => ">",
        Relation::AtLeast => "≥",
    };
    let side = |side| expression(side, Alphabet::Unicode);
    format!("{} {sign} {}", side(&fact.left), side(&fact.right))
}

fn written(shop: &Workshop<'_>, fact: &Fact, function: &mut Function) -> Result<(), String> {
    let mut writer = shop.writer();
    let mut lowering = Lowering::new(&mut writer, shop.known);
    let mut dims = Vec::new();
    for index in &fact.indices {
        dims.push(lowering.bind(index)?.0);
    }
    let difference = lowering.value(&minus(&fact.left, &fact.right), Mode::Value)?;
    function.body.extend(lowering.statements(4));
    let relation = match fact.relation {
        Relation::Equal => "=",
        Relation::NotEqual => "!=",
        Relation::Less => "<",
        Relation::AtMost => "<=",
        Relation::Greater => ">",
        Relation::AtLeast => ">=",
    };
    let words = format!("{:?}", statement(fact));
    let each = list(format!("for _difference in {}(", shop.word("ravel")), vec![difference.doc], "):");
    function.body.push(lines(4, &each));
    let item = list("(", vec![text(words), text(format!("\"{relation}\"")), text("_difference")], ")");
    function.body.push(lines(8, &Doc::Seq(vec![text("yield "), item])));
    function.library.extend(writer.needs.library);
    Ok(())
}
