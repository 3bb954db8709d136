//! The comparison of two sliding operations: what slides, what stays, stride and dilation of each,
//! and how many places fit.

use super::super::document::{Inline, Piece, Prose, Symbol};
use super::super::words::{clauses, formula, ordinal, text};
use super::{Rows, Side, relation};
use crate::integer::{Index, Var};
use crate::language::syntax::{Expr, ExprKind, Operator, Sign};
use crate::recognise::{IndexRole, Operation, Slide, Sliding, SlidingAxis, Source};

/// A sliding operation and the wires it is made of.
#[derive(Clone, Copy)]
struct Slid<'a> {
    operation: &'a Operation,
    sliding: &'a Sliding,
}

impl<'a> Slid<'a> {
    fn input(self) -> &'a Source {
        &self.operation.wiring.factors[self.sliding.input].source
    }

    fn kernel(self) -> &'a Source {
        &self.operation.wiring.factors[self.sliding.kernel].source
    }

    /// The place in the input, as the formula writes it.
    fn place(self, axis: &SlidingAxis) -> &'a Index {
        &self.operation.wiring.factors[self.sliding.input].at[axis.input_axis]
    }
}

pub(super) fn compare(sides: &[Side; 2], both: [(&Operation, &Sliding); 2]) -> (Prose, Rows) {
    let both = both.map(|(operation, sliding)| Slid { operation, sliding });
    let [a, b] = both;
    let mut rows: Rows = Vec::new();
    let mut row = |title: Prose, cells: [Prose; 2], bold: bool| {
        let [x, y] = cells;
        if !(x.is_empty() && y.is_empty()) {
            rows.push((vec![title, x, y], bold));
        }
    };
    let each = |f: &dyn Fn(&Side, Slid) -> Prose| [f(&sides[0], a), f(&sides[1], b)];
    let told = match sentences(sides, both) {
        told if told.is_empty() => same_entries(sides, both),
        told => told,
    };
    let names = both.map(|s| super::super::operation::sliding_name(s.operation, s.sliding));
    if both[0].sliding.slide != both[1].sliding.slide || told.is_empty() || names[0] != names[1] {
        row(vec![text("operation")], names.map(|name| vec![text(name)]), false);
    }
    let same_input = a.input() == b.input();
    let mut title = vec![text("slides over")];
    if same_input {
        title = vec![text("slides over "), formula(sides[0].words.letter(a.input()))];
    }
    row(title, each(&|side, s| what_slides(side, s, !same_input)), false);
    row(vec![text("stays | is summed")], each(&stays_and_summed), false);
    let [x, y] = both.map(|s| &s.sliding.axes);
    let axes = if alike(a.sliding) && alike(b.sliding) { 1 } else { x.len().max(y.len()) };
    for k in 0..axes {
        let cell = |side: &Side, s: Slid| match s.sliding.axes.get(k) {
            Some(axis) => vec![side.words.index(&axis.stride), text(", "), side.words.index(&axis.dilation)],
            None => Prose::new(),
        };
        row(vec![text(format!("stride, dilation{}", along(k, axes)))], each(&cell), true);
    }
    row(vec![text("other indices")], each(&others), false);
    let listed = |of: &dyn Fn(&Side, &SlidingAxis) -> Option<Inline>| {
        let cell = |side: &Side, s: Slid| {
            clauses(s.sliding.axes.iter().filter_map(|x| of(side, x)).map(|i| vec![i]).collect())
        };
        [cell(&sides[0], a), cell(&sides[1], b)]
    };
    let shifted = x.iter().chain(y).any(|axis| !axis.padding.is_zero());
    if shifted {
        let circular = x.iter().chain(y).all(|axis| axis.modulus.is_some());
        let title = if circular { "offset" } else { "padding" };
        row(vec![text(title)], listed(&|side, x| Some(side.words.index(&x.padding))), false);
    }
    row(vec![text("modulo")], listed(&|side, x| x.modulus.as_ref().map(|m| side.words.index(m))), false);
    row(
        vec![text("groups")],
        each(&|side, s| clauses(s.sliding.groups.iter().map(|g| vec![side.words.index(&g.groups)]).collect())),
        false,
    );
    for k in 0..x.len().max(y.len()) {
        let title = format!("length{}", along(k, x.len().max(y.len())));
        let cell = |side: &Side, s: Slid| s.sliding.axes.get(k).map(|x| length(side, s, x)).unwrap_or_default();
        row(vec![text(title)], each(&cell), false);
    }
    (told, rows)
}

fn alike(sliding: &Sliding) -> bool {
    sliding.axes.iter().all(|x| x.alike(&sliding.axes[0]))
}

fn along(k: usize, axes: usize) -> String {
    if axes < 2 { String::new() } else { format!(", {} axis", ordinal(k)) }
}

/// `the weight W, length 3`, with what it slides over where the two differ.
fn what_slides(side: &Side, slid: Slid, over: bool) -> Prose {
    let mut prose = Prose::new();
    if over {
        prose.extend(side.words.array(slid.input()));
        prose.push(text(": "));
    }
    prose.extend(side.words.array(slid.kernel()));
    prose.push(text(", length "));
    for (k, axis) in slid.sliding.axes.iter().enumerate() {
        if k > 0 {
            prose.push(text(" × "));
        }
        prose.push(side.words.index(&axis.lengths[1]));
    }
    prose
}

/// The indices as the formula has them, those that slide first.
fn stays_and_summed(side: &Side, slid: Slid) -> Prose {
    let Some(view) = &side.view else { return Prose::new() };
    let wires = &slid.operation.wiring.wires;
    let slides = |var: &Var| {
        let at = |index: &Index| index.as_var() == Some(var);
        slid.sliding.axes.iter().position(|x| [x.stays, x.input, x.kernel].iter().any(|k| at(&wires[*k].shown)))
    };
    let sorted = |bounds: &[crate::model::Bound]| {
        let mut vars: Vec<Var> = bounds.iter().map(|b| b.var.clone()).collect();
        let other = |var: &Var| slid.sliding.others.iter().position(|r| r.shown.as_var() == Some(var));
        vars.sort_by_key(|v| slides(v).map_or((1, other(v).unwrap_or(usize::MAX)), |k| (0, k)));
        vars
    };
    let (stays, summed) = (sorted(&view.free), sorted(&view.summed));
    side.stays_and_summed(&stays.iter().collect::<Vec<_>>(), &summed.iter().collect::<Vec<_>>())
}

/// `k added up`, `k kept apart: g has none`.
fn others(side: &Side, slid: Slid) -> Prose {
    let one = |role: &IndexRole| {
        let index = vec![side.words.index(&role.shown)];
        let lacks = |source: &Source| vec![formula(side.words.letter(source)), text(" has none")];
        let fate = match (role.stays, role.within.as_slice()) {
            (false, _) => vec![text(" added up")],
            (true, [_, _]) => vec![text(" kept, read by both")],
            (true, [0]) => [vec![text(" kept apart: ")], lacks(slid.kernel())].concat(),
            (true, [_]) => [vec![text(" kept apart: ")], lacks(slid.input())].concat(),
            (true, _) => vec![text(" kept, read by neither")],
        };
        [index, fate].concat()
    };
    let mut prose = Prose::new();
    for (k, role) in slid.sliding.others.iter().enumerate() {
        if k > 0 {
            prose.push(text("; "));
        }
        prose.extend(one(role));
    }
    prose
}

/// How many places fit, and how many there are.
fn length(side: &Side, slid: Slid, axis: &SlidingAxis) -> Prose {
    let output = side.words.index(&axis.lengths[2]);
    if slid.sliding.slide != Slide::Correlation || axis.modulus.is_some() {
        return vec![output];
    }
    let Some(given) = side.words.system.array(slid.input().array()) else { return vec![output] };
    let Source::Array(_) = slid.input() else { return vec![output] };
    let Some(padded) = given.axes.get(axis.input_axis) else { return vec![output] };
    let room = padded.before.plus(&axis.lengths[0]).plus(&padded.after);
    if padded.before != axis.padding {
        return vec![output];
    }
    let kernel_less_one = axis.lengths[1].plus_number(-1);
    let extent = axis.dilation.times(&kernel_less_one).plus_number(1);
    let fits = room.minus(&extent).floor_div(&axis.stride).plus_number(1);
    let shown = fitting(side, &room, axis);
    let wanted = &axis.lengths[2];
    let equals = |value: &Index| {
        let value = side.words.quote.index(value);
        Inline::Math(vec![Piece::Expr(shown.clone()), Piece::Symbol(Symbol::Equal), Piece::Expr(value)])
    };
    if fits.canonical() == wanted.canonical() {
        let mut prose = vec![equals(wanted)];
        prose.extend(
            owner(side, slid, axis)
                .map(|name| [vec![text(" (that of ")], name, vec![text(", as it must be)")]].concat())
                .unwrap_or_default(),
        );
        return prose;
    }
    let spare = fits.minus(wanted);
    let needed = || match owner(side, slid, axis) {
        Some(name) => [
            vec![text(", of which the ")],
            vec![side.words.index(wanted)],
            vec![text(" of ")],
            name,
            vec![text(" are needed")],
        ]
        .concat(),
        None => vec![text(", of which "), side.words.index(wanted), text(" are needed")],
    };
    if spare.as_constant().is_some_and(|n| n > 0) {
        let first = match fits.as_constant() {
            Some(_) => vec![equals(&fits), text(" places fit")],
            None => vec![formula(shown.clone()), text(" places fit")],
        };
        return [first, needed()].concat();
    }
    if side.words.system.facts().proves_nonnegative(&room.minus(&axis_reach(axis))) {
        return [vec![
            text("at least "),
            side.words.index(wanted),
            text(" of the "),
            formula(shown),
            text(" places that fit"),
        ]]
        .concat();
    }
    vec![output]
}

/// The array whose axis the output index runs over, where the answer is a gradient.
fn owner(side: &Side, slid: Slid, axis: &SlidingAxis) -> Option<Prose> {
    use crate::derivation::Goal;
    let derivation = &side.compared.answer.derivation;
    let Goal::Gradient { array } = &derivation.goal else { return None };
    let stays = &slid.operation.wiring.wires[axis.stays].stays;
    derivation.indices.iter().any(|b| stays.contains(&b.var)).then(|| side.words.array(&Source::Array(array.clone())))
}

/// How far the last tap of the last window reaches, padding counted in.
fn axis_reach(axis: &SlidingAxis) -> Index {
    let steps = axis.stride.times(&axis.lengths[2].plus_number(-1));
    steps.plus(&axis.dilation.times(&axis.lengths[1].plus_number(-1))).plus_number(1)
}

/// ⌊(N − (D(K−1)+1))/S⌋ + 1, simple where S or D is 1.
fn fitting(side: &Side, room: &Index, axis: &SlidingAxis) -> Expr {
    let one = |e: &Index| e.as_constant() == Some(1);
    let quoted = |e: &Index| side.words.quote.index(e);
    let number = |n: i128| Expr::integer(n);
    let plus = |e: Expr| (Sign::Plus, e);
    let last = match axis.lengths[1].as_constant() {
        Some(n) => number(n - 1),
        None => Expr::new(ExprKind::Sum(vec![plus(quoted(&axis.lengths[1])), (Sign::Minus, number(1))])),
    };
    let extent = if one(&axis.dilation) {
        quoted(&axis.lengths[1])
    } else {
        let spread =
            Expr::new(ExprKind::Product(vec![(Operator::Times, quoted(&axis.dilation)), (Operator::Times, last)]));
        Expr::new(ExprKind::Sum(vec![plus(spread), plus(number(1))]))
    };
    let mut slack = match quoted(room).kind {
        ExprKind::Sum(parts) => parts,
        kind => vec![plus(Expr::new(kind))],
    };
    slack.push((Sign::Minus, extent));
    if one(&axis.stride) {
        return Expr::new(ExprKind::Sum(slack.into_iter().chain([plus(number(1))]).collect()));
    }
    let slack = Expr::new(ExprKind::Sum(slack));
    let floor = Expr::new(ExprKind::Product(vec![(Operator::Times, slack), (Operator::Div, quoted(&axis.stride))]));
    Expr::new(ExprKind::Sum(vec![plus(floor), plus(number(1))]))
}

/// Where no sentence of their own is at hand: whether the same entries meet in both.
fn same_entries(sides: &[Side; 2], both: [Slid; 2]) -> Prose {
    let mut prose = relation::shared(sides);
    let [a, b] = both.map(|s| &s.sliding.axes);
    let moved = |x: &SlidingAxis| x.stride != x.dilation;
    let exchanged = a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.exchanged(y)) && a.iter().any(moved);
    if !prose.is_empty() && exchanged {
        prose.push(text(" Stride and dilation change places."));
    }
    prose
}

fn sentences(sides: &[Side; 2], both: [Slid; 2]) -> Prose {
    let [a, b] = both.map(|s| s.sliding);
    let paired: Vec<(&SlidingAxis, &SlidingAxis)> = a.axes.iter().zip(&b.axes).collect();
    let matched = a.axes.len() == b.axes.len()
        && paired.iter().all(|(x, y)| x.input_axis == y.input_axis && x.padding == y.padding);
    if a.slide != b.slide {
        return transposition(sides, both);
    }
    if a.slide != Slide::Correlation || both[0].input() != both[1].input() || !matched {
        return Prose::new();
    }
    let place = |axis: &SlidingAxis| vec![sides[0].words.index(both[0].place(axis))];
    let mut prose =
        vec![text("Both are cross-correlations that read "), formula(sides[0].words.letter(both[0].input()))];
    if paired.iter().all(|(x, y)| x.exchanged(y)) {
        prose.push(text(" at the same place, "));
        prose.extend(clauses(a.axes.iter().map(place).collect()));
        prose.push(text(". Which index is summed and which stays is exchanged"));
        prose.extend(exchange(&sides[0], &a.axes));
        prose.push(text("."));
    } else if paired.iter().all(|(x, y)| x.alike(y)) {
        prose.push(text(" with the same stride and the same dilation."));
    } else {
        return Prose::new();
    }
    prose
}

/// `; therefore the factor 2 is a stride in one and a dilation in the other`
fn exchange(side: &Side, axes: &[SlidingAxis]) -> Prose {
    let mut factors: Vec<&Index> = Vec::new();
    for axis in axes.iter().filter(|x| x.stride != x.dilation) {
        for factor in [&axis.stride, &axis.dilation] {
            if factor.as_constant() != Some(1) && !factors.contains(&factor) {
                factors.push(factor);
            }
        }
    }
    if factors.is_empty() {
        return Prose::new();
    }
    if axes.len() > 1 {
        return vec![text("; therefore stride and dilation change places")];
    }
    let plural = if factors.len() == 1 { "the factor " } else { "each of the factors " };
    let list = super::super::words::enumerated(factors.iter().map(|f| vec![side.words.index(f)]).collect());
    [vec![text("; therefore "), text(plural)], list, vec![text(" is a stride in one and a dilation in the other")]]
        .concat()
}

/// A cross-correlation against the transposed convolution with the same kernel.
fn transposition(sides: &[Side; 2], both: [Slid; 2]) -> Prose {
    let (k, t) = match both.map(|s| s.sliding.slide) {
        [Slide::Correlation, Slide::Transposed] => (0, 1),
        [Slide::Transposed, Slide::Correlation] => (1, 0),
        _ => return Prose::new(),
    };
    let (gathers, spreads) = (both[k].sliding, both[t].sliding);
    let agree =
        |(x, y): (&SlidingAxis, &SlidingAxis)| x.alike(y) && x.padding == y.padding && x.kernel_axis == y.kernel_axis;
    let same_axes = gathers.axes.len() == spreads.axes.len()
        && gathers.axes.iter().all(|x| spreads.axes.iter().any(|y| agree((x, y))));
    if both[k].kernel() != both[t].kernel() || !same_axes {
        return Prose::new();
    }
    let mut prose = sides[k].title();
    prose.push(text(" gathers: each output reads the places under "));
    prose.push(formula(sides[k].words.letter(both[k].kernel())));
    prose.push(text(". "));
    prose.extend(sides[t].title());
    prose.push(text(" spreads "));
    prose.push(formula(sides[t].words.letter(both[t].input())));
    prose.push(text(" back over the same places, with the same stride and dilation."));
    prose
}
