//! Reductions over whole axes: sums of products, means, extrema, places of extrema, normalisers.

use super::arithmetic::{is_one, length, split_guards};
use super::code::{Level, Mode};
use super::contraction::contraction;
use super::exponential::{as_total, exponential, less, paired};
use super::expression::all;
use super::layout::{Doc, list, text};
use super::lower::Lowering;
use super::reading::states;

use super::scatter::scattered;
use super::tensor::{Dialect, Kind, Tensor, axes, both, joined, negative, union};
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Extremum, Normaliser, Operator, Reduction, Sign};

/// A product under a sum.
struct Term {
    sign: Sign,
    factors: Vec<Tensor>,
    scale: Option<Tensor>,
}

/// What is in scope outside of a reduction.
pub(super) struct Outside {
    scope: Vec<usize>,
    guards: usize,
    known: super::known::Known,
}

impl Lowering<'_, '_> {
    pub(super) fn outside(&self) -> Outside {
        Outside { scope: self.scope.clone(), guards: self.guards.len(), known: self.known.clone() }
    }

    pub(super) fn leave(&mut self, outside: Outside) {
        self.scope = outside.scope;
        self.guards.truncate(outside.guards);
        self.known = outside.known;
    }

    /// A reduction.
    pub(super) fn reduce(
        &mut self,
        reduction: Reduction,
        binders: &[Binder],
        condition: Option<&Condition>,
        body: &Expr,
    ) -> Result<Tensor, String> {
        if reduction == Reduction::Sum {
            return self.sum_over(binders, condition, body);
        }
        let outside = self.outside();
        let (bound, mask) = self.enter(binders, condition)?;
        let value = self.value(body, Mode::Value)?;
        let reduced = match reduction {
            Reduction::Sum => Err("a sum is no other reduction".into()),
            Reduction::Extremum(which) if which.is_place() => self.place(which, &bound, mask, &value),
            Reduction::Extremum(which) => {
                let (function, start) = if which.is_least() { ("min", "inf") } else { ("max", "-inf") };
                let fill = format!("{}{}", if start == "inf" { "" } else { "-" }, self.dialect().name("inf"));
                let value = self.filled_with(value, mask.as_ref(), &fill)?;
                let function = if self.dialect() == Dialect::Torch { format!("a{function}") } else { function.into() };
                self.over(&function, &value, &bound)
            }
            Reduction::Product => {
                let value = self.filled_with(value, mask.as_ref(), "1.0")?;
                let function = if self.dialect() == Dialect::Torch { "_prod" } else { "prod" };
                self.over(function, &value, &bound)
            }
            Reduction::Mean | Reduction::Variance => {
                let function = if reduction == Reduction::Mean { "mean" } else { "var" };
                self.average(function, value, mask, &bound)
            }
        };
        self.leave(outside);
        reduced
    }

    /// Brings indices into scope, with the condition under which a term is taken.
    fn enter(
        &mut self,
        binders: &[Binder],
        condition: Option<&Condition>,
    ) -> Result<(Vec<usize>, Option<Tensor>), String> {
        let (mut bound, mut conditions) = (Vec::new(), Vec::new());
        for binder in binders {
            let (axis, inside) = self.bind(binder)?;
            bound.push(axis);
            conditions.extend(inside);
        }
        conditions.extend(condition.cloned());
        let mut mask: Option<Tensor> = None;
        for condition in conditions {
            let test = self.condition(&condition)?;
            self.guards.push(condition);
            mask = Some(mask.map_or(test.clone(), |mask| both(&mask, "&", &test, self.dialect())));
        }
        Ok((bound, mask))
    }

    /// A value where a mask holds, a number elsewhere.
    fn filled_with(&mut self, value: Tensor, mask: Option<&Tensor>, fill: &str) -> Result<Tensor, String> {
        match mask {
            None => Ok(value),
            Some(mask) => {
                let mask = Tensor { plain: false, ..mask.clone() };
                self.chosen(mask, value, Tensor::plain(text(fill), Level::Minus, Kind::Real))
            }
        }
    }

    /// A value that has all of the axes.
    fn with_axes(&mut self, value: &Tensor, bound: &[usize]) -> Result<Tensor, String> {
        let mut dims = value.dims.clone();
        dims.extend(bound.iter().filter(|axis| !value.dims.contains(axis)));
        if dims.len() == value.dims.len() { Ok(value.clone()) } else { self.spread(value, &dims) }
    }

    /// A function over whole axes.
    fn over(&mut self, function: &str, value: &Tensor, bound: &[usize]) -> Result<Tensor, String> {
        let value = self.with_axes(value, bound)?;
        let over: Vec<usize> = (0..value.dims.len()).filter(|k| bound.contains(&value.dims[*k])).collect();
        let dims: Vec<usize> = value.dims.iter().copied().filter(|dim| !bound.contains(dim)).collect();
        let function = if function.starts_with('_') { self.word(function) } else { self.dialect().name(function) };
        let arguments = vec![value.doc.clone(), text(format!("{}={}", self.dialect().axis(), axes(&over)))];
        Ok(Tensor::new(list(format!("{function}("), arguments, ")"), dims, Kind::Real))
    }

    /// A mean or a variance.
    fn average(
        &mut self,
        function: &str,
        value: Tensor,
        mask: Option<Tensor>,
        bound: &[usize],
    ) -> Result<Tensor, String> {
        let dims = union(&[&value].into_iter().chain(mask.as_ref()).collect::<Vec<_>>());
        let value = if dims.len() > value.dims.len() { self.spread(&value, &dims)? } else { value };
        let value = self.with_axes(&value, bound)?;
        let over: Vec<usize> = (0..value.dims.len()).filter(|k| bound.contains(&value.dims[*k])).collect();
        let dims: Vec<usize> = value.dims.iter().copied().filter(|dim| !bound.contains(dim)).collect();
        let function = self.word(&format!("_{function}"));
        let mut arguments = vec![value.doc.clone(), text(format!("{}={}", self.dialect().axis(), axes(&over)))];
        if let Some(mask) = mask {
            let mask = mask.aligned(&value.dims, self.dialect());
            arguments.push(Doc::Seq(vec![text("where="), mask.doc]));
        }
        Ok(Tensor::new(list(format!("{function}("), arguments, ")"), dims, Kind::Real))
    }

    /// The first index at which a value is greatest or least.
    fn place(
        &mut self,
        which: Extremum,
        bound: &[usize],
        mask: Option<Tensor>,
        value: &Tensor,
    ) -> Result<Tensor, String> {
        let [axis] = bound else { return Err(format!("`{}` over several indices has no code", which.word())) };
        let (function, fill) = if which.is_least() { ("argmin", "inf") } else { ("argmax", "-inf") };
        let fill = format!("{}{}", if fill == "inf" { "" } else { "-" }, self.dialect().name("inf"));
        let value = self.filled_with(value.clone(), mask.as_ref(), &fill)?;
        let found = self.over(function, &value, bound)?;
        let found = Tensor { kind: Kind::Integer, ..found };
        let first = self.axes[*axis].range.0.clone();
        if super::arithmetic::is_zero(&first) {
            return Ok(found);
        }
        let first = self.index(&first)?;
        Ok(joined(&found, "+", Level::Sum, &first, self.dialect()))
    }

    /// The sum over some indices.
    fn sum_over(&mut self, binders: &[Binder], condition: Option<&Condition>, body: &Expr) -> Result<Tensor, String> {
        if let Some(found) = scattered(self, binders, condition, body)? {
            return Ok(found);
        }
        let outside = self.outside();
        let mut bound = Vec::new();
        let mut conditions = Vec::new();
        for binder in binders {
            let (axis, inside) = self.bind(binder)?;
            bound.push(axis);
            conditions.extend(inside);
        }
        let (inner, rest) = split_guards(body);
        conditions.extend(condition.cloned());
        conditions.extend(inner);
        let total = self.summed(&bound, conditions, &rest);
        self.leave(outside);
        total
    }

    /// The sum over axes in scope of a body where conditions hold.
    pub(super) fn summed(
        &mut self,
        bound: &[usize],
        conditions: Vec<Condition>,
        body: &Expr,
    ) -> Result<Tensor, String> {
        let dialect = self.dialect();
        let mut flat = Vec::new();
        conditions.into_iter().for_each(|condition| flatten(condition, &mut flat));
        self.guards.extend(flat.iter().cloned());
        let parts = match &body.kind {
            ExprKind::Sum(terms) if terms.len() > 1 => terms.clone(),
            _ => vec![(Sign::Plus, body.clone())],
        };
        let mut terms = Vec::new();
        for (sign, part) in &parts {
            terms.push(self.term(*sign, part)?);
        }
        if parts.len() > 1 && !terms.iter().any(Term::is_contraction) {
            terms = vec![Term { sign: Sign::Plus, factors: vec![self.value(body, Mode::Value)?], scale: None }];
        }
        let only = (parts.len() == 1).then(|| body.clone());
        let dropped = |condition: &Condition| only.as_ref().is_some_and(|body| self.is_zero_outside(body, condition));
        let flat: Vec<Condition> = flat.into_iter().filter(|condition| !dropped(condition)).collect();
        let mut masks = Vec::new();
        for condition in &flat {
            masks.push(self.condition(condition)?);
        }
        let (inner, outer): (Vec<Tensor>, Vec<Tensor>) =
            masks.into_iter().partition(|mask| mask.dims.iter().any(|dim| bound.contains(dim)));
        let joined_masks = |masks: &[Tensor]| {
            masks.iter().skip(1).fold(masks.first().cloned(), |all, mask| all.map(|all| both(&all, "&", mask, dialect)))
        };
        let mask = joined_masks(&inner);
        let mut all: Option<Tensor> = None;
        for term in terms {
            let sign = term.sign;
            let part = self.contracted(term, bound, mask.as_ref())?;
            all = Some(match (all, sign) {
                (None, Sign::Plus) => part,
                (None, Sign::Minus) => negative(&part),
                (Some(all), Sign::Plus) => joined(&all, "+", Level::Sum, &part, dialect),
                (Some(all), Sign::Minus) => joined(&all, "-", Level::Sum, &part, dialect),
            });
        }
        let all = all.ok_or("a sum without terms")?;
        match joined_masks(&outer) {
            None => Ok(all),
            Some(test) => self.chosen(test, all, Tensor::plain(text("0.0"), Level::Atom, Kind::Real)),
        }
    }

    /// Whether a product is 0 outside of a condition, because an array that it reads is.
    fn is_zero_outside(&self, body: &Expr, condition: &Condition) -> bool {
        let factors: Vec<&Expr> = match &body.kind {
            ExprKind::Product(factors) if factors.iter().all(|(operator, _)| *operator == Operator::Times) => {
                factors.iter().map(|(_, factor)| factor).collect()
            }
            _ => vec![body],
        };
        let plain = |e: &&Expr| matches!(e.kind, ExprKind::Read(..) | ExprKind::Upstream(..) | ExprKind::Number(_));
        let Condition::Chain(_, rest) = condition else { return false };
        if !factors.iter().all(plain) || rest.len() > 2 {
            return false;
        }
        factors.iter().any(|factor| {
            let ExprKind::Read(array, at) = &factor.kind else { return false };
            let Some(stored) = self.writer.arrays.get(array).filter(|stored| !stored.integer) else { return false };
            at.iter().zip(&stored.axes).any(|(e, axis)| {
                let within = |low, high| states(condition, low, high);
                let (low, high) = (within(&axis.first, e), within(e, &axis.last));
                !self.is_inside(e, axis) && (low && high || rest.len() == 1 && (low || high))
            })
        })
    }

    /// The factors of a product of whole arrays alone.
    pub(super) fn plain_factors(&mut self, body: &Expr) -> Result<Option<Vec<Tensor>>, String> {
        let term = self.term(Sign::Plus, body)?;
        let plain = term.sign == Sign::Plus && term.scale.is_none();
        Ok(plain.then_some(term.factors))
    }

    /// The factors of a product.
    fn term(&mut self, sign: Sign, e: &Expr) -> Result<Term, String> {
        let mut term = Term { sign, factors: Vec::new(), scale: None };
        self.factors(e, false, &mut term)?;
        Ok(term)
    }

    fn factors(&mut self, e: &Expr, below: bool, term: &mut Term) -> Result<(), String> {
        match &e.kind {
            ExprKind::Sum(terms) if terms.len() == 1 && terms[0].0 == Sign::Minus => {
                term.sign = if term.sign == Sign::Plus { Sign::Minus } else { Sign::Plus };
                return self.factors(&terms[0].1, below, term);
            }
            ExprKind::Product(factors)
                if !below
                    && split_guards(e).0.is_empty()
                    && factors.iter().all(|(operator, _)| matches!(operator, Operator::Times | Operator::Over)) =>
            {
                let paired = paired(factors);
                for (operator, factor) in paired.as_ref().unwrap_or(factors) {
                    self.factors(factor, *operator == Operator::Over, term)?;
                }
                return Ok(());
            }
            _ => {}
        }
        let dialect = self.dialect();
        let value = self.value(e, Mode::Value)?;
        let over = |a: &Tensor, b: &Tensor| joined(a, "/", Level::Floor, b, dialect);
        let one = Tensor::plain(text("1.0"), Level::Atom, Kind::Real);
        if value.dims.is_empty() {
            term.scale = Some(match (&term.scale, below) {
                (None, false) => value,
                (None, true) => over(&one, &value),
                (Some(scale), false) => joined(scale, "*", Level::Product, &value, dialect),
                (Some(scale), true) => over(scale, &value),
            });
        } else if !below {
            term.factors.push(value);
        } else {
            match term.factors.iter_mut().find(|factor| value.dims.iter().all(|dim| factor.dims.contains(dim))) {
                Some(factor) => *factor = over(factor, &value),
                None => term.factors.push(over(&one, &value)),
            }
        }
        Ok(())
    }

    /// The sum over axes of a product where a mask holds.
    fn contracted(&mut self, term: Term, bound: &[usize], mask: Option<&Tensor>) -> Result<Tensor, String> {
        let dialect = self.dialect();
        let Term { mut factors, scale, .. } = term;
        if let Some(mask) = mask {
            self.mask(&mut factors, mask)?;
        }
        let mut scale = scale;
        for axis in bound {
            if !factors.iter().any(|factor| factor.dims.contains(axis)) {
                let range = self.axes[*axis].range.clone();
                let count = length(&range.0, &range.1);
                if is_one(&count) {
                    continue;
                }
                let last =
                    self.number(&Expr::new(ExprKind::Call("max".into(), vec![count, Expr::integer(0)])), Mode::Index)?;
                scale = Some(scale.map_or(last.clone(), |scale| joined(&scale, "*", Level::Product, &last, dialect)));
            }
        }
        let (inner, outer): (Vec<Tensor>, Vec<Tensor>) =
            factors.into_iter().partition(|factor| factor.dims.iter().any(|dim| bound.contains(dim)));
        let native = self.convolved(&inner, bound);
        let mut all = native.or_else(|| (!inner.is_empty()).then(|| contraction(inner, bound, dialect)));
        for factor in outer.into_iter().chain(scale) {
            all = Some(match all {
                None => factor,
                Some(all) => joined(&all, "*", Level::Product, &factor, dialect),
            });
        }
        all.map_or_else(|| self.number(&Expr::integer(1), Mode::Value), Ok)
    }

    /// Puts a mask on factors: on all that may be no number where it fails, and on one at least.
    fn mask(&mut self, factors: &mut Vec<Tensor>, mask: &Tensor) -> Result<(), String> {
        let zero = || Tensor::plain(text("0.0"), Level::Atom, Kind::Real);
        let mut masked = false;
        let single = factors.len() == 1;
        for factor in factors.iter_mut() {
            let has = mask.dims.iter().all(|dim| factor.dims.contains(dim));
            if single || has && (!masked || !factor.view) {
                *factor = self.chosen(mask.clone(), factor.clone(), zero())?;
                masked = true;
            }
        }
        if !masked {
            factors.push(mask.clone());
        }
        Ok(())
    }

    /// A normaliser. One that leaves its index free has its value at the index in scope.
    pub(super) fn normalise(
        &mut self,
        word: Normaliser,
        binders: &[Binder],
        condition: Option<&Condition>,
        body: &Expr,
    ) -> Result<Tensor, String> {
        if word.binds() {
            return self.log_sum_exp(binders, condition, body);
        }
        let logarithmic = matches!(word, Normaliser::LogSoftargmax | Normaliser::LogSoftmax);
        let whole = |binder: &Binder| {
            let axis = self.axis(&binder.name)?;
            (Some(&self.axes[axis].range) == binder.range.as_ref()).then_some(axis)
        };
        if condition.is_none()
            && let Some(axes) = binders.iter().map(whole).collect::<Option<Vec<usize>>>()
        {
            let value = self.value(body, Mode::Value)?;
            let value = self.with_axes(&value, &axes)?;
            let over: Vec<usize> = (0..value.dims.len()).filter(|k| axes.contains(&value.dims[*k])).collect();
            let function = match (self.dialect(), over.len(), logarithmic) {
                (Dialect::Torch, 1, false) => "torch.softmax".to_string(),
                (Dialect::Torch, 1, true) => "torch.log_softmax".to_string(),
                (_, _, true) => self.word("_logsoftargmax"),
                (_, _, false) => self.word("_softargmax"),
            };
            let last = text(format!("{}={}", self.dialect().axis(), super::tensor::axes(&over)));
            let doc = list(format!("{function}("), vec![value.doc, last], ")");
            return Ok(Tensor::new(doc, value.dims, Kind::Real));
        }
        let given = condition.cloned().map(Box::new);
        let sum = ExprKind::Normalise(Normaliser::LogSumExp, binders.to_vec(), given, Box::new(body.clone()));
        let rest = less(body, Expr::new(sum));
        if logarithmic {
            return self.value(&rest, Mode::Value);
        }
        let value = exponential(rest);
        let narrower = binders.iter().filter_map(|binder| self.narrower(binder));
        let inside: Vec<Condition> = narrower.chain(condition.cloned()).collect();
        if inside.is_empty() {
            return self.value(&value, Mode::Value);
        }
        self.choice(&all(inside), &value, &Expr::integer(0), Mode::Value)
    }

    /// That the index in scope lies in the range that a normaliser has for it; none if it always does.
    fn narrower(&self, binder: &Binder) -> Option<Condition> {
        let (first, last) = binder.range.as_ref()?;
        let given = match self.axis(&binder.name) {
            Some(axis) => self.axes[axis].given.clone(),
            None => self.writer.scope.iter().rev().find(|bound| bound.name == binder.name)?.range.clone(),
        };
        let at_most = |e: Expr| (crate::language::syntax::Relation::AtMost, e);
        let chain = vec![at_most(Expr::name(binder.name.clone())), at_most(last.clone())];
        (given.0 != *first || given.1 != *last).then(|| Condition::Chain(first.clone(), chain))
    }

    /// The logarithm of a sum.
    pub(super) fn logarithm(&mut self, sum: &Expr) -> Result<Tensor, String> {
        match as_total(sum) {
            Some((binders, condition, argument)) => self.log_sum_exp(binders, condition, argument),
            None => self.applied("np.log", std::slice::from_ref(sum), Mode::Value),
        }
    }

    fn log_sum_exp(
        &mut self,
        binders: &[Binder],
        condition: Option<&Condition>,
        argument: &Expr,
    ) -> Result<Tensor, String> {
        let outside = self.outside();
        let (bound, mask) = self.enter(binders, condition)?;
        let value = self.value(argument, Mode::Value)?;
        let fill = format!("-{}", self.dialect().name("inf"));
        let value = self.filled_with(value, mask.as_ref(), &fill)?;
        let native = self.dialect() == Dialect::Torch;
        let found = self.over(if native { "logsumexp" } else { "_logsumexp" }, &value, &bound);
        self.leave(outside);
        found
    }
}

impl Term {
    /// Whether no factor has all axes.
    fn is_contraction(&self) -> bool {
        let all = union(&self.factors.iter().collect::<Vec<_>>());
        self.factors.iter().all(|factor| factor.dims.len() < all.len())
    }
}

/// The parts of a condition that must all hold.
fn flatten(condition: Condition, flat: &mut Vec<Condition>) {
    match condition {
        Condition::All(parts) => parts.into_iter().for_each(|part| flatten(part, flat)),
        other => flat.push(other),
    }
}
