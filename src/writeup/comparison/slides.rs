//! The comparison of two sliding operations: what slides, what stays, stride and dilation of each,
//! and how many places fit.

use super::super::document::{Inline, Piece, Prose, Symbol};
use super::super::words::{clauses, formula, ordinal, text};
use super::Side;
use crate::integer::{Index, Var};
use crate::language::syntax::{Expr, ExprKind, Operator, Sign};
use crate::recognise::{IndexRole, Slide, Sliding, SlidingAxis, Source};

type Rows = Vec<(Vec<Prose>, bool)>;

pub(super) fn compare(sides: &[Side; 2], both: [&Sliding; 2]) -> (Prose, Rows) {
    let [a, b] = both;
    let mut rows: Rows = Vec::new();
    let mut row = |title: Prose, cells: [Prose; 2], bold: bool| {
        let [x, y] = cells;
        if !(x.is_empty() && y.is_empty()) {
            rows.push((vec![title, x, y], bold));
        }
    };
    let each = |f: &dyn Fn(&Side, &Sliding) -> Prose| [f(&sides[0], a), f(&sides[1], b)];
    let told = sentences(sides, both);
    if told.is_empty() || a.slide != b.slide {
        row(vec![text("operation")], each(&|_, s| vec![text(name(s))]), false);
    }
    let same_input = a.input == b.input;
    let mut title = vec![text("slides over")];
    if same_input {
        title = vec![text("slides over "), formula(sides[0].words.letter(&a.input))];
    }
    row(title, each(&|side, s| what_slides(side, s, !same_input)), false);
    row(vec![text("stays | is summed")], each(&stays_and_summed), false);
    let axes = if alike(a) && alike(b) { 1 } else { a.axes.len().max(b.axes.len()) };
    for k in 0..axes {
        let cell = |side: &Side, s: &Sliding| match s.axes.get(k) {
            Some(axis) => vec![side.words.index(&axis.stride), text(", "), side.words.index(&axis.dilation)],
            None => Prose::new(),
        };
        row(vec![text(format!("stride, dilation{}", along(k, axes)))], each(&cell), true);
    }
    row(vec![text("other indices")], each(&others), false);
    let padded = |s: &Sliding| s.axes.iter().any(|x| !x.padding.is_zero());
    if padded(a) || padded(b) {
        row(
            vec![text("padding")],
            each(&|side, s| clauses(s.axes.iter().map(|x| vec![side.words.index(&x.padding)]).collect())),
            false,
        );
    }
    for k in 0..a.axes.len().max(b.axes.len()) {
        let title = format!("length{}", along(k, a.axes.len().max(b.axes.len())));
        row(vec![text(title)], each(&|side, s| s.axes.get(k).map(|x| length(side, s, x)).unwrap_or_default()), false);
    }
    (told, rows)
}

fn name(sliding: &Sliding) -> &'static str {
    match sliding.slide {
        Slide::Correlation => "cross-correlation",
        Slide::Convolution => "convolution (flipped)",
        Slide::Transposed => "transposed convolution",
    }
}

fn alike(sliding: &Sliding) -> bool {
    sliding.axes.iter().all(|x| x.alike(&sliding.axes[0]))
}

fn along(k: usize, axes: usize) -> String {
    if axes < 2 { String::new() } else { format!(", {} axis", ordinal(k)) }
}

/// `the weight W, length 3`, with what it slides over where the two differ.
fn what_slides(side: &Side, sliding: &Sliding, over: bool) -> Prose {
    let mut prose = Prose::new();
    if over {
        prose.extend(side.words.array(&sliding.input));
        prose.push(text(": "));
    }
    prose.extend(side.words.array(&sliding.kernel));
    prose.push(text(", length "));
    for (k, axis) in sliding.axes.iter().enumerate() {
        if k > 0 {
            prose.push(text(" × "));
        }
        prose.push(side.words.index(&axis.lengths[1]));
    }
    prose
}

fn stays_and_summed(side: &Side, sliding: &Sliding) -> Prose {
    let rest = |stays: bool| sliding.others.iter().filter(move |r| r.stays == stays).map(|r| &r.var);
    let stays: Vec<&Var> = sliding.axes.iter().map(|x| &x.stays).chain(rest(true)).collect();
    let summed: Vec<&Var> = sliding.axes.iter().map(|x| &x.summed).chain(rest(false)).collect();
    side.stays_and_summed(&stays, &summed)
}

/// `k added up`, `k kept apart: g has none`.
fn others(side: &Side, sliding: &Sliding) -> Prose {
    let one = |role: &IndexRole| {
        let var = vec![side.words.var(&role.var)];
        let lacks = |source: &Source| vec![formula(side.words.letter(source)), text(" has none")];
        let fate = match (role.stays, role.within.as_slice()) {
            (false, _) => vec![text(" added up")],
            (true, [_, _]) => vec![text(" kept, read by both")],
            (true, [0]) => [vec![text(" kept apart: ")], lacks(&sliding.kernel)].concat(),
            (true, [_]) => [vec![text(" kept apart: ")], lacks(&sliding.input)].concat(),
            (true, _) => vec![text(" kept, read by neither")],
        };
        [var, fate].concat()
    };
    let mut prose = Prose::new();
    for (k, role) in sliding.others.iter().enumerate() {
        if k > 0 {
            prose.push(text("; "));
        }
        prose.extend(one(role));
    }
    prose
}

/// How many places fit, and how many there are.
fn length(side: &Side, sliding: &Sliding, axis: &SlidingAxis) -> Prose {
    let output = side.words.index(&axis.lengths[2]);
    if sliding.slide != Slide::Correlation {
        return vec![output];
    }
    let Some(given) = side.words.system.array(sliding.input.array()) else { return vec![output] };
    let Source::Array(_) = &sliding.input else { return vec![output] };
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
            owner(side, axis)
                .map(|name| [vec![text(" (that of ")], name, vec![text(", as it must be)")]].concat())
                .unwrap_or_default(),
        );
        return prose;
    }
    let spare = fits.minus(wanted);
    let needed = || match owner(side, axis) {
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
fn owner(side: &Side, axis: &SlidingAxis) -> Option<Prose> {
    use crate::derivation::Goal;
    let derivation = &side.answer.derivation;
    let Goal::Gradient { array } = &derivation.goal else { return None };
    derivation.indices.iter().any(|b| b.var == axis.stays).then(|| side.words.array(&Source::Array(array.clone())))
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

fn sentences(sides: &[Side; 2], [a, b]: [&Sliding; 2]) -> Prose {
    let paired: Vec<(&SlidingAxis, &SlidingAxis)> = a.axes.iter().zip(&b.axes).collect();
    let matched = a.axes.len() == b.axes.len()
        && paired.iter().all(|(x, y)| x.input_axis == y.input_axis && x.padding == y.padding);
    if a.slide != b.slide {
        return transposition(sides, [a, b]);
    }
    if a.slide != Slide::Correlation || a.input != b.input || !matched {
        return Prose::new();
    }
    let place = |axis: &SlidingAxis| vec![side_place(&sides[0], axis)];
    let mut prose = vec![text("Both are cross-correlations that read "), formula(sides[0].words.letter(&a.input))];
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

fn side_place(side: &Side, axis: &SlidingAxis) -> Inline {
    side.words.index(&axis.place.written)
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
fn transposition(sides: &[Side; 2], both: [&Sliding; 2]) -> Prose {
    let (k, t) = match both.map(|s| s.slide) {
        [Slide::Correlation, Slide::Transposed] => (0, 1),
        [Slide::Transposed, Slide::Correlation] => (1, 0),
        _ => return Prose::new(),
    };
    let (gathers, spreads) = (both[k], both[t]);
    let agree =
        |(x, y): (&SlidingAxis, &SlidingAxis)| x.alike(y) && x.padding == y.padding && x.kernel_axis == y.kernel_axis;
    let same_axes = gathers.axes.len() == spreads.axes.len()
        && gathers.axes.iter().all(|x| spreads.axes.iter().any(|y| agree((x, y))));
    if gathers.kernel != spreads.kernel || !same_axes {
        return Prose::new();
    }
    let mut prose = sides[k].title();
    prose.push(text(" gathers: each output reads the places under "));
    prose.push(formula(sides[k].words.letter(&gathers.kernel)));
    prose.push(text(". "));
    prose.extend(sides[t].title());
    prose.push(text(" spreads "));
    prose.push(formula(sides[t].words.letter(&spreads.input)));
    prose.push(text(" back over the same places, with the same stride and dilation."));
    prose
}
