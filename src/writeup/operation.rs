//! What an answer is, in a sentence or two, and in a few words for a table.
//!
//! Invariant: what is said follows from the operation's data alone; trivial parameters are left
//! out as a person would leave them out.

use super::document::Prose;
use super::words::{Words, clauses, enumerated, equation, formula, joined, ordinal, text};
use crate::answer::{Answer, Names};
use crate::integer::{Index, Var};
use crate::model::System;
use crate::model::Term;
use crate::recognise::{Contraction, Form, Operation, Pattern, Slide, Sliding, SlidingAxis};

/// One or two sentences: "A cross-correlation of x with the upstream gradient g: stride 1, dilation 2."
pub fn describe(system: &System, names: &Names, answer: &Answer, operation: &Operation) -> Prose {
    let words = Words::new(system, names, answer);
    match operation {
        Operation::Sliding(sliding) => describe_sliding(&words, sliding),
        Operation::Contraction(contraction) => describe_contraction(&words, contraction, answer),
        Operation::Pattern(pattern) => describe_pattern(&words, pattern),
        Operation::Sum(parts) => {
            let named = parts.iter().map(|p| in_a_sum(&words, p)).collect();
            [vec![text("A sum of ")], enumerated(named), vec![text(".")]].concat()
        }
    }
}

/// A few words for a table: "cross-correlation, dilation 2", "matrix product".
pub fn short_name(system: &System, names: &Names, answer: &Answer, operation: &Operation) -> Prose {
    short(&Words::new(system, names, answer), operation)
}

fn short(words: &Words, operation: &Operation) -> Prose {
    match operation {
        Operation::Sliding(sliding) => {
            let parameters = parameters(words, &sliding.axes, false);
            clauses([vec![text(sliding_name(sliding))]].into_iter().chain(parameters).collect())
        }
        Operation::Contraction(contraction) => vec![text(contraction_name(contraction))],
        Operation::Pattern(pattern) => vec![text(pattern_name(pattern))],
        Operation::Sum(parts) => {
            let mut named: Vec<Prose> = parts.iter().map(|p| short(words, p)).collect();
            named.dedup();
            let mut prose = vec![text("sum: ")];
            prose.extend(enumerated(named));
            prose
        }
    }
}

fn sliding_name(sliding: &Sliding) -> &'static str {
    match sliding.slide {
        Slide::Correlation => "cross-correlation",
        Slide::Convolution => "convolution",
        Slide::Transposed => "transposed convolution",
    }
}

/// The name of a contraction.
pub(super) fn contraction_name(contraction: &Contraction) -> &'static str {
    let contracted = contraction.roles.iter().any(|r| !r.stays);
    match (&contraction.form, contraction.factors.len()) {
        (Some(Form::Product(a, b)), _) if a.vector || b.vector => "matrix–vector product",
        (Some(Form::Product(..)), _) => "matrix product",
        (Some(Form::Outer(..)), _) => "outer product",
        (Some(Form::Inner(..)), _) => "inner product",
        (Some(Form::Elementwise(..)), _) => "elementwise product",
        (Some(Form::Itself(m)), _) if m.transposed && !m.vector => "transpose",
        (Some(Form::Itself(_)), _) => "copy",
        (Some(Form::AxisSum(_)), _) => "sum over an axis",
        (None, 1) if contracted => "sum over axes",
        (None, 1) if contraction.roles.iter().any(|r| r.within.is_empty()) => "broadcast",
        (None, 1) => "rearrangement of the axes",
        (None, _) if contracted => "tensor contraction",
        (None, _) => "product without a sum",
    }
}

fn pattern_name(pattern: &Pattern) -> &'static str {
    match (&pattern.source, pattern.entries.first(), pattern.diagonal.is_empty()) {
        (None, ..) => "diagonal",
        (_, Some(entry), _) if entry.is_window() => "strided window",
        (_, Some(_), _) => "band",
        (_, None, _) => "diagonal blocks",
    }
}

/// Stride, dilation and padding, trivial ones left out; one item for all axes if they agree.
fn parameters(words: &Words, axes: &[SlidingAxis], with_padding: bool) -> Vec<Prose> {
    let one = |e: &Index| e.as_constant() == Some(1);
    let item = |name: &str, e: &Index| vec![text(format!("{name} ")), words.index(e)];
    let of = |axis: &SlidingAxis| {
        let mut items = Vec::new();
        if !one(&axis.stride) || (with_padding && !one(&axis.dilation)) {
            items.push(item("stride", &axis.stride));
        }
        if !one(&axis.dilation) {
            items.push(item("dilation", &axis.dilation));
        }
        if with_padding && !axis.padding.is_zero() {
            items.push(item("padding", &axis.padding));
        }
        items
    };
    let agree = axes.iter().all(|a| a.alike(&axes[0]) && (!with_padding || a.padding == axes[0].padding));
    if agree {
        return axes.first().map(of).unwrap_or_default();
    }
    let each = |(k, axis): (usize, &SlidingAxis)| {
        let mut items = of(axis);
        if items.is_empty() {
            items.push(item("stride", &axis.stride));
        }
        [enumerated(items), vec![text(format!(" along the {} axis", ordinal(k)))]].concat()
    };
    vec![joined(axes.iter().enumerate().map(each).collect(), "; ")]
}

fn describe_sliding(words: &Words, sliding: &Sliding) -> Prose {
    let name = sliding_name(sliding);
    let mut prose = vec![text(format!("A {name} of "))];
    prose.extend(words.array(&sliding.input));
    prose.push(text(" with "));
    prose.extend(words.array(&sliding.kernel));
    if sliding.slide == Slide::Convolution {
        prose.push(text(" (flipped)"));
    }
    let mut items = parameters(words, &sliding.axes, true);
    items.extend(other_indices(words, sliding));
    if !sliding.scale.is_empty() {
        items.push(vec![text("times "), words.term(&Term::product(sliding.scale.iter().cloned()))]);
    }
    if !items.is_empty() {
        prose.push(text(": "));
        prose.extend(clauses(items));
    }
    prose.push(text("."));
    prose
}

/// What happens to the indices that do not slide.
fn other_indices(words: &Words, sliding: &Sliding) -> Vec<Prose> {
    let chosen = |stays: bool, both: Option<bool>| -> Vec<&Var> {
        let fits = |r: &&crate::recognise::IndexRole| {
            r.stays == stays && both.is_none_or(|both| (r.within.len() == 2) == both)
        };
        sliding.others.iter().filter(fits).map(|r| &r.var).collect()
    };
    let summed = chosen(false, None);
    let (shared, apart) = (chosen(true, Some(true)), chosen(true, Some(false)));
    let mut items = Vec::new();
    if !summed.is_empty() {
        items.push([vec![text("summed over ")], words.list(&summed)].concat());
    }
    if !shared.is_empty() {
        items.push([vec![text("depthwise in ")], words.list(&shared)].concat());
    }
    if !apart.is_empty() {
        items.push([vec![text("separately for each ")], words.list(&apart)].concat());
    }
    items
}

fn describe_contraction(words: &Words, contraction: &Contraction, answer: &Answer) -> Prose {
    let name = contraction_name(contraction);
    let summed: Vec<&Var> = contraction.roles.iter().filter(|r| !r.stays).map(|r| &r.var).collect();
    let mut prose =
        vec![text(format!("{} {name}", if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" }))];
    if contraction.factors.len() == 1 && !summed.is_empty() {
        prose = [vec![text("The sum of ")], words.array(&contraction.factors[0])].concat();
    } else if let Some(form) = words.matrix_form(contraction) {
        prose.push(text(": "));
        let mut left = answer.left.clone();
        strip_indices(&mut left);
        prose.push(equation(left, form));
    } else {
        prose.push(text(" of "));
        prose.extend(enumerated(contraction.factors.iter().map(|f| words.array(f)).collect()));
    }
    if contraction.form.is_none() || matches!(contraction.form, Some(Form::AxisSum(_))) {
        let idle: Vec<&Var> = contraction.roles.iter().filter(|r| r.within.is_empty()).map(|r| &r.var).collect();
        if !summed.is_empty() {
            prose.push(text(" over "));
            prose.extend(words.list(&summed));
        }
        if !idle.is_empty() {
            prose.push(text(", the same for every "));
            prose.extend(words.list(&idle));
        }
        prose.extend(times(words, &contraction.scale));
    }
    prose.push(text("."));
    prose
}

/// f[n, j] as f, ∂ℓ/∂W[i, j] as ∂ℓ/∂W.
fn strip_indices(left: &mut crate::language::syntax::Expr) {
    use crate::language::syntax::ExprKind;
    match &mut left.kind {
        ExprKind::Read(name, _) => left.kind = ExprKind::Name(name.clone()),
        ExprKind::Upstream(_, at) => at.clear(),
        ExprKind::Derivative(of, _, at) => {
            at.clear();
            strip_indices(of);
        }
        _ => {}
    }
}

fn describe_pattern(words: &Words, pattern: &Pattern) -> Prose {
    let pairs = |prose: &mut Prose| {
        let equal = pattern.diagonal.iter().map(|(a, b)| {
            let name = |v: &Var| crate::language::syntax::Expr::name(words.quote.var(v));
            vec![equation(name(a), name(b))]
        });
        prose.extend(enumerated(equal.collect()));
    };
    let Some(source) = &pattern.source else {
        let value = words.term(&Term::product(pattern.scale.iter().cloned()));
        let mut prose = vec![text("A diagonal: "), value, text(" where ")];
        pairs(&mut prose);
        prose.push(text(", else 0."));
        return prose;
    };
    let letter = || formula(words.letter(source));
    let mut prose = Vec::new();
    match pattern.entries.first() {
        Some(entry) if entry.is_window() => prose.extend([text("A window of "), letter()]),
        Some(_) => prose.extend([text("A band that holds "), letter()]),
        None => prose.extend([text("Diagonal blocks: "), letter()]),
    }
    for entry in &pattern.entries {
        let step = |(var, slope): &(Var, Index)| {
            let size = if slope.terms().iter().all(|(_, n)| *n < 0) { slope.times_number(-1) } else { slope.clone() };
            (size.as_constant() != Some(1))
                .then(|| vec![words.index(&size), text(" for each step of "), words.var(var)])
        };
        let steps: Vec<Prose> = entry.slopes.iter().filter_map(step).collect();
        if !steps.is_empty() && entry.place.divisor.as_constant() == Some(1) {
            prose.push(text(", moved by "));
            prose.extend(enumerated(steps));
        }
    }
    if !pattern.diagonal.is_empty() {
        prose.push(text(" where "));
        pairs(&mut prose);
        prose.push(text(", else 0"));
        if pattern.guarded {
            prose.extend([text(", and 0 outside "), letter()]);
        }
    } else if pattern.guarded {
        prose.push(text("; 0 elsewhere"));
    }
    prose.extend(times(words, &pattern.scale));
    prose.push(text("."));
    prose
}

/// `, times 1/N`
fn times(words: &Words, scale: &[Term]) -> Prose {
    if scale.is_empty() {
        return Prose::new();
    }
    vec![text(", times "), words.term(&Term::product(scale.iter().cloned()))]
}

fn in_a_sum(words: &Words, operation: &Operation) -> Prose {
    let name = short(words, operation);
    let article = |prose: Prose| {
        let vowel =
            matches!(prose.first(), Some(super::document::Inline::Text(t)) if t.starts_with(['a', 'e', 'i', 'o']));
        [vec![text(if vowel { "an " } else { "a " })], prose].concat()
    };
    match operation {
        Operation::Contraction(c) if c.factors.len() == 1 && c.roles.iter().all(|r| r.stays) => {
            let several = c.roles.iter().filter(|r| !r.within.is_empty()).count() > 1;
            match words.matrix_form(c) {
                Some(form) if several || !c.scale.is_empty() => vec![formula(form)],
                None if several => {
                    [vec![text("entries of ")], words.array(&c.factors[0]), times(words, &c.scale)].concat()
                }
                Some(_) | None => [words.array(&c.factors[0]), times(words, &c.scale)].concat(),
            }
        }
        Operation::Contraction(c) => match words.matrix_form(c) {
            Some(form) => [vec![text(format!("the {} ", contraction_name(c)))], vec![formula(form)]].concat(),
            None => article(name),
        },
        Operation::Sliding(_) | Operation::Pattern(_) | Operation::Sum(_) => article(name),
    }
}
