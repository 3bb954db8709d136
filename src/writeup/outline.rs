//! The outline: what a reader sees of a derivation.
//!
//! The engine logs every application of a rule; here runs of them become the lines a good teacher
//! would write, each with its reason in words. All steps remain at hand for the level `all`.

use super::abbreviate::abbreviate;
use super::document::{Block, Inline, Line, Math, Piece, Prose, Symbol};
use super::reason::{self, condition, listed, math, text};
use super::reason_chain::chain_rule;
use crate::answer::{Answer, Names, step_left};
use crate::calculus::Printing;
use crate::calculus::indices::is_letter_in_use;
use crate::derivation::{Goal, RuleName, Step};
use crate::example::Example;
use crate::integer::Var;
use crate::language::syntax::{Condition, Expr, ExprKind, Name, Relation};
use crate::model::{Kind, System, jacobian_parts};

/// How a write-up is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// How much of each derivation is shown.
    pub level: Level,
    /// How inequalities in derivatives are printed.
    pub printing: Printing,
}

impl From<Level> for Style {
    fn from(level: Level) -> Style {
        Style { level, printing: Printing::default() }
    }
}

/// How much of a derivation is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// The answer alone.
    Answer,
    /// What a good teacher would write on the board.
    #[default]
    Main,
    /// Every application of every rule, in a folded appendix.
    All,
}

/// The boxed answer: shape and formula, and the ranges of the free indices.
pub fn boxed(system: &System, names: &Names, answer: &Answer) -> Block {
    let mut formulas = vec![membership(system, names, &answer.derivation.goal)];
    formulas.extend(equations(system, answer));
    Block::Boxed { formulas, ranges: ranges(system, names, answer) }
}

/// `∂f/∂W ∈ ℝ^{3×(1×5×3)}`
pub fn membership(system: &System, names: &Names, goal: &Goal) -> Math {
    let groups = match super::shape::lengths_of(system, names, goal).pop() {
        Some(Piece::Lengths(groups)) => groups,
        _ => Vec::new(),
    };
    vec![Piece::Expr(whole_left(goal)), Piece::Symbol(Symbol::In), Piece::Space(groups)]
}

fn derivative(of: Expr, by: Name) -> Expr {
    Expr::new(ExprKind::Derivative(Box::new(of), by, Vec::new()))
}

/// The left side without indices: `∂f/∂W`.
pub fn whole_left(goal: &Goal) -> Expr {
    match goal {
        Goal::Value { output } => Expr::name(output.clone()),
        Goal::Jacobian { output, array } => {
            let of = match jacobian_parts(output) {
                Some((of, by)) => derivative(Expr::name(Name::from(of)), by.into()),
                None => Expr::name(output.clone()),
            };
            derivative(of, array.clone())
        }
        Goal::Step { .. } => step_left(goal),
        Goal::Gradient { array } => Expr::new(ExprKind::Upstream(array.clone(), Vec::new())),
    }
}

/// `∂f[r]/∂W[1,k,i] = x[i+2(r−1), k]`, then what its letters stand for.
pub fn equations(system: &System, answer: &Answer) -> Vec<Math> {
    let indices = &answer.indices;
    let in_use = |letter: &str| is_letter_in_use(system, letter) || indices.iter().any(|b| &*b.name == letter);
    let (formula, letters) = abbreviate(&answer.formula, &in_use);
    let equal = |left: Expr, right: Expr| vec![Piece::Expr(left), Piece::Symbol(Symbol::Equal), Piece::Expr(right)];
    let whole = equal(answer.left.clone(), formula);
    std::iter::once(whole).chain(letters.into_iter().map(|(name, e)| equal(Expr::name(name), e))).collect()
}

/// `1 ≤ r ≤ 3`, for each free index.
pub fn ranges(system: &System, names: &Names, answer: &Answer) -> Vec<Math> {
    let quote = names.quote(system, &[]);
    let free = answer.derivation.indices.iter().filter(|b| b.lo != b.hi);
    free.map(|b| {
        let chain = vec![(Relation::AtMost, Expr::name(quote.var(&b.var))), (Relation::AtMost, quote.index(&b.hi))];
        vec![Piece::Condition(Condition::Chain(quote.index(&b.lo), chain))]
    })
    .collect()
}

/// The derivation at a level. `by` is the label of the part that gave the Jacobian, if one did.
pub fn derivation(system: &System, names: &Names, answer: &Answer, level: Level, by: Option<&str>) -> Vec<Block> {
    let left = vec![Piece::Expr(answer.left.clone())];
    let mut blocks = Vec::new();
    if level != Level::Answer && !matches!(answer.derivation.goal, Goal::Value { .. }) {
        let lines = main_lines(system, names, answer, by);
        blocks.push(Block::Derivation { left: left.clone(), lines, folded: None });
        blocks.extend(worked(system, names, answer));
    }
    if level == Level::All && !answer.lines.is_empty() {
        let lines = every_line(system, names, answer);
        blocks.push(Block::Derivation { left, lines, folded: Some("every step".into()) });
    }
    blocks
}

/// One entry worked by hand, in a sentence; none if the answer has no conditions.
pub fn worked(system: &System, names: &Names, answer: &Answer) -> Option<Block> {
    let quote = names.quote(system, &[]);
    let place = |example: &Example| {
        let equal = |(var, n): &(Var, i128)| {
            Inline::Math(vec![
                Piece::Expr(Expr::name(quote.var(var))),
                Piece::Symbol(Symbol::Equal),
                Piece::Expr(Expr::integer(*n)),
            ])
        };
        listed(example.at.iter().map(equal).collect())
    };
    let mut prose: Prose = Vec::new();
    for (k, (example, value)) in answer.examples.iter().enumerate() {
        prose.push(text(if k == 0 { "For example, at " } else { "; at " }));
        prose.extend(place(example));
        let conditions = listed(example.conditions.iter().map(|c| condition(quote.condition(c))).collect());
        if !conditions.is_empty() {
            prose.push(text(": "));
            prose.extend(conditions);
            let several = example.conditions.len() > 1;
            prose.push(text(match (example.holds, several) {
                (true, false) => " holds, so",
                (true, true) => " hold, so",
                (false, false) => " fails, so",
                (false, true) => " do not all hold, so",
            }));
        }
        prose.push(text(if k == 0 { " the entry is " } else { " it is " }));
        prose.push(math(value.clone()));
    }
    (!prose.is_empty()).then(|| {
        prose.push(text("."));
        Block::Paragraph(prose)
    })
}

/// Steps that a reader takes in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Differentiate,
    Read,
    Rearrange,
    SiftBare,
    SiftSolved,
    Split,
    Cases,
    Window,
    Lattice,
    Boundary,
    Decide,
    Collect,
    Adjoint,
    Fold,
    Simplify,
    Fact,
    Identity,
    Terms,
}

fn stage(step: &Step) -> Stage {
    match step.rule {
        RuleName::Definition
        | RuleName::Constant
        | RuleName::Sum
        | RuleName::Product
        | RuleName::IndexedProduct
        | RuleName::Power
        | RuleName::Chain
        | RuleName::Extremum
        | RuleName::Compare => Stage::Differentiate,
        RuleName::Read => Stage::Read,
        RuleName::Distribute | RuleName::Join | RuleName::Separate => Stage::Rearrange,
        RuleName::Sift | RuleName::Single => match &step.solved {
            Some((_, value)) if value.as_var().is_some() || value.as_constant().is_some() => Stage::SiftBare,
            _ => Stage::SiftSolved,
        },
        RuleName::Split => Stage::Split,
        RuleName::Cases => Stage::Cases,
        RuleName::Window => Stage::Window,
        RuleName::Lattice => Stage::Lattice,
        RuleName::Boundary => Stage::Boundary,
        RuleName::Settle | RuleName::Range | RuleName::Factor | RuleName::Limit | RuleName::Limits => Stage::Decide,
        RuleName::Collect => Stage::Collect,
        RuleName::Adjoint => Stage::Adjoint,
        RuleName::Fold => Stage::Fold,
        RuleName::Cancel | RuleName::Outside | RuleName::Common | RuleName::Expand | RuleName::Count => Stage::Simplify,
        RuleName::Order | RuleName::Rename => Stage::Simplify,
        RuleName::Identity => Stage::Identity,
        RuleName::Terms => Stage::Terms,
        RuleName::Vanish => Stage::Fold,
        RuleName::Fact => Stage::Fact,
    }
}

/// Runs of steps of one stage; bookkeeping joins the run that follows it.
fn runs(steps: &[Step]) -> Vec<(Stage, std::ops::Range<usize>)> {
    let mut runs: Vec<(Stage, std::ops::Range<usize>)> = Vec::new();
    for (k, step) in steps.iter().enumerate() {
        let stage = stage(step);
        match runs.last_mut() {
            Some((last, range)) if *last == stage && stage != Stage::SiftSolved => range.end = k + 1,
            Some((last, range)) if *last == Stage::Rearrange => {
                *last = stage;
                range.end = k + 1;
            }
            _ => runs.push((stage, k..k + 1)),
        }
    }
    runs
}

fn main_lines(system: &System, names: &Names, answer: &Answer, by: Option<&str>) -> Vec<Line> {
    let mut lines = Vec::new();
    if starts_from_chain_rule(answer) {
        lines.push(line(&answer.start, chain_rule(answer)));
    }
    if let (Some(label), Some(shortcut)) = (by, &answer.shortcut) {
        lines.push(line(shortcut, reason::by_part(label)));
        if *shortcut != answer.formula {
            lines.push(line(&answer.formula, reason::survivors(names, system, answer)));
        }
        return lines;
    }
    let steps = &answer.derivation.steps;
    let folds: Vec<Step> = steps.iter().filter(|step| step.rule == RuleName::Fold).cloned().collect();
    let mut named = folds.is_empty();
    let mut sifted: Option<Stage> = None;
    for (stage, range) in runs(steps) {
        let mut reason = because(system, names, answer, stage, &steps[range.clone()]);
        let board = line(&answer.board[range.end - 1], Prose::new());
        if stage == Stage::Fold && lines.last().is_some_and(|last| last.right == board.right) {
            continue;
        }
        if !named && answer.board[range.end - 1] != answer.lines[range.end - 1] {
            named = true;
            reason.push(text("; "));
            reason.extend(reason::folded(&folds));
        }
        let holds = |step: &Step| matches!(step.rule, RuleName::Settle | RuleName::Range | RuleName::Factor);
        let settles = steps[range].iter().all(holds);
        let sifts = matches!(stage, Stage::SiftBare | Stage::SiftSolved);
        match lines.last_mut().filter(|_| settles && sifted.is_some() || sifts && sifted == Some(Stage::SiftSolved)) {
            Some(last) => join(last, Line { reason, ..board }),
            None => lines.push(Line { reason, ..board }),
        }
        sifted = match sifts {
            true => Some(if sifted == Some(Stage::SiftSolved) { Stage::SiftSolved } else { stage }),
            false => None,
        };
    }
    settle(&mut lines, answer);
    lines
}

/// The reason of a run of steps, in words.
fn because(system: &System, names: &Names, answer: &Answer, stage: Stage, steps: &[Step]) -> Prose {
    match stage {
        Stage::Differentiate => reason::differentiate(system, answer, steps),
        Stage::Read => reason::read(system, answer),
        Stage::Rearrange => vec![Inline::Text("multiplied out".into())],
        Stage::SiftBare | Stage::SiftSolved => reason::sifts(names, system, answer, steps),
        Stage::Split => reason::split(names, system, answer, steps),
        Stage::Cases => reason::cases(),
        Stage::Window => reason::windows(names, system, answer, steps),
        Stage::Lattice => reason::lattice(names, system, answer, steps),
        Stage::Boundary => reason::boundary(),
        Stage::Decide => reason::decided(names, system, answer, steps),
        Stage::Collect => vec![Inline::Text("equal terms collected".into())],
        Stage::Adjoint => reason::put_in(steps),
        Stage::Fold => reason::folded(steps),
        Stage::Simplify => reason::simplified(steps),
        Stage::Fact => vec![Inline::Text("as required of the values".into())],
        Stage::Identity => reason::identities(system, steps),
        Stage::Terms => vec![Inline::Text("written out".into())],
    }
}

/// The lines of a run of steps from one formula to another: the number of the last step of each, and the
/// reason.
pub(super) fn reasons(system: &System, names: &Names, answer: &Answer, steps: &[Step]) -> Vec<(usize, Prose)> {
    let lines = runs(steps).into_iter();
    lines.map(|(stage, range)| (range.end - 1, because(system, names, answer, stage, &steps[range]))).collect()
}

/// Whether the first line says through which arrays the derivative goes.
fn starts_from_chain_rule(answer: &Answer) -> bool {
    match answer.derivation.goal {
        Goal::Gradient { .. } => true,
        Goal::Jacobian { .. } | Goal::Step { .. } => !matches!(answer.derivation.start.kind(), Kind::Derivative(..)),
        Goal::Value { .. } => false,
    }
}

/// Goes on to a later line in one step, for both reasons.
fn join(line: &mut Line, mut later: Line) {
    line.right = later.right;
    let told = line.reason.windows(later.reason.len().max(1)).any(|part| *part == *later.reason);
    if !later.reason.is_empty() && !told {
        line.reason.push(Inline::Text("; ".into()));
        line.reason.append(&mut later.reason);
    }
}

/// The last line is the answer in the form of the box; a line that repeats the one before goes.
fn settle(lines: &mut Vec<Line>, answer: &Answer) {
    lines.dedup_by(|later, earlier| {
        let same = later.right == earlier.right;
        if same {
            join(earlier, later.clone());
        }
        same
    });
    if let Some(last) = lines.last_mut()
        && !matches!(answer.formula.kind, ExprKind::If(..))
    {
        last.right = vec![Piece::Expr(answer.formula.clone())];
    }
}

fn every_line(system: &System, names: &Names, answer: &Answer) -> Vec<Line> {
    let first = starts_from_chain_rule(answer).then(|| line(&answer.start, chain_rule(answer)));
    let steps = answer.derivation.steps.iter().zip(&answer.lines);
    first.into_iter().chain(steps.map(|(step, expr)| line(expr, reason::single(names, system, answer, step)))).collect()
}

fn line(right: &Expr, reason: Prose) -> Line {
    Line { relation: Symbol::Equal, right: vec![Piece::Expr(right.clone())], reason }
}
