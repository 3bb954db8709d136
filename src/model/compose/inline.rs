//! One call: the equations of the layer under the caller's names.
//!
//! Invariant: what is made reads arrays of the caller, and views of the arguments, and nothing else.

use super::interface::Interface;
use super::renaming::{Renaming, Scope, Taken, names_in, names_of};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::language::syntax::*;
use std::collections::{BTreeMap, BTreeSet};

/// Where a layer is called.
pub(super) struct Site<'a> {
    /// The array that the call is.
    pub array: Name,
    /// The array after which those are called that are made on the way.
    pub root: Name,
    /// What stands on each axis on the left; if nothing, the layer's own indices.
    pub left: Option<Vec<Place>>,
    /// The call.
    pub call: &'a LayerCall,
    /// The arrays given, and where they stand.
    pub arguments: Vec<(Name, Span)>,
    /// Where the call stands.
    pub span: Span,
}

/// What stands on an axis on the left of an equation that is a call.
pub(super) enum Place {
    /// An index of the caller.
    Index(Binder),
    /// A constant index behind the call: the array does not have the axis.
    Constant(Expr),
}

/// The params of the caller: its own, and those that calls brought.
#[derive(Default)]
pub(super) struct Params {
    /// Declared by the author.
    pub own: BTreeSet<Name>,
    /// Brought by calls.
    pub made: BTreeMap<Name, ParamDecl>,
}

/// What the names of the layer become at one call.
struct Inlining<'a> {
    site: &'a Site<'a>,
    layer: &'a Interface,
    values: BTreeMap<Name, ExprKind>,
    arrays: BTreeMap<Name, Name>,
    /// The arrays of the caller behind those of the layer.
    whole: BTreeMap<Name, Name>,
    sizes: Vec<SizeDecl>,
    params: Vec<ParamDecl>,
}

/// The statements that stand in the place of a call.
pub(super) fn inlined(
    site: &Site<'_>,
    layer: &Interface,
    taken: &mut Taken,
    params: &mut Params,
) -> Result<Vec<Statement>, Diagnostic> {
    check_arguments(site, layer)?;
    check_settings(site, layer)?;
    let prefix = taken.prefix(&site.call.layer);
    let inside = |name: &Name| Name::from(format!("{prefix}.{name}"));
    let mut work = Inlining {
        site,
        layer,
        values: BTreeMap::new(),
        arrays: BTreeMap::new(),
        whole: BTreeMap::new(),
        sizes: Vec::new(),
        params: Vec::new(),
    };
    work.settle_sizes(&inside)?;
    work.settle_params(taken, params);
    for ((_, array), (of, _)) in layer.given.iter().zip(&site.arguments) {
        work.name(&array.name, inside(&array.name), of.clone());
    }
    let defined: Vec<Name> = layer.equations.iter().map(|e| e.array.clone()).collect();
    for name in defined {
        if work.whole.contains_key(&name) {
            continue;
        }
        let here =
            if name == layer.output { site.array.clone() } else { taken.fresh(&format!("{}_{name}", site.root)) };
        work.name(&name, here.clone(), here);
    }
    for call in &layer.calls {
        let prefix = taken.prefix(&call.layer);
        for name in call.names() {
            let plain = name.rsplit('.').next().unwrap_or(name);
            work.name(name, format!("{prefix}.{plain}").into(), name.clone());
        }
    }
    Ok(work.statements(&inside, taken))
}

fn check_arguments(site: &Site<'_>, layer: &Interface) -> Result<(), Diagnostic> {
    let (wanted, has) = (layer.given.len(), site.arguments.len());
    if wanted == has {
        return Ok(());
    }
    let names: Vec<&str> = layer.given.iter().map(|(_, array)| &*array.name).collect();
    let plural = if wanted == 1 { "" } else { "s" };
    let message = format!("`{}` takes {wanted} array{plural} ({}), not {has}", site.call.layer, names.join(", "));
    let diagnostic = Diagnostic::new(message, site.span);
    Err(match layer.given.get(has) {
        Some((role, missing)) => {
            let word = match role {
                Role::Weight => "the weight",
                Role::Integer => "the integer data",
                Role::Input | Role::Plain => "the input",
            };
            diagnostic.hint(format!("{word} `{}` is missing", missing.name))
        }
        None => diagnostic.hint("sizes stand behind `;` by name, as in `; S = 2`"),
    })
}

fn check_settings(site: &Site<'_>, layer: &Interface) -> Result<(), Diagnostic> {
    let sizes = layer.sizes.iter().map(|size| &*size.name);
    let known: Vec<&str> = sizes.chain(layer.params.iter().map(|param| &*param.name)).collect();
    for (k, setting) in site.call.settings.iter().enumerate() {
        let name = &*setting.name;
        if !known.contains(&name) {
            let message = format!("`{}` has no size and no param `{name}`", site.call.layer);
            let diagnostic = Diagnostic::new(message, setting.span);
            return Err(match nearest(name, known.iter().copied()) {
                Some(guess) => diagnostic.hint(format!("did you mean `{guess}`?")),
                None if known.is_empty() => diagnostic.hint("it has none"),
                None => diagnostic.hint(format!("it has {}", known.join(", "))),
            });
        }
        if let Some(first) = site.call.settings[..k].iter().find(|first| first.name == setting.name) {
            let diagnostic = Diagnostic::new(format!("`{name}` is given twice"), setting.span).label("again here");
            return Err(diagnostic.also(first.span, "first here"));
        }
    }
    Ok(())
}

impl Inlining<'_> {
    /// What a name of the layer becomes where it is read, and where it is an argument.
    fn name(&mut self, name: &Name, read: Name, whole: Name) {
        self.values.insert(name.clone(), ExprKind::Name(read.clone()));
        self.arrays.insert(name.clone(), read);
        self.whole.insert(name.clone(), whole);
    }

    fn setting(&self, name: &Name) -> Option<&Expr> {
        self.site.call.settings.iter().find(|setting| setting.name == *name).map(|setting| &setting.value)
    }

    /// A size is given by name, or decided by the arguments, or has its default.
    fn settle_sizes(&mut self, inside: &dyn Fn(&Name) -> Name) -> Result<(), Diagnostic> {
        let site = self.site;
        for size in &self.layer.sizes {
            let given = self.setting(&size.name).cloned();
            let value = match &size.default {
                _ if given.is_some() || self.layer.is_decided(&size.name) => {
                    let name = inside(&size.name);
                    self.sizes.push(SizeDecl { name: name.clone(), default: given, ..size.clone() });
                    ExprKind::Name(name)
                }
                Some(default) => default.kind.clone(),
                None => {
                    let message = format!("the size `{}` of `{}` is not known here", size.name, site.call.layer);
                    let hint = format!("no argument decides it: give it, `; {} = …`", size.name);
                    return Err(Diagnostic::new(message, site.span).hint(hint));
                }
            };
            self.values.insert(size.name.clone(), value);
        }
        Ok(())
    }

    /// A param is given by name, or is the caller's of that name, or becomes one of the caller.
    fn settle_params(&mut self, taken: &mut Taken, params: &mut Params) {
        for param in &self.layer.params {
            let known = params.own.contains(&param.name) || params.made.get(&param.name) == Some(param);
            let value = match self.setting(&param.name) {
                Some(value) => value.kind.clone(),
                None if known => ExprKind::Name(param.name.clone()),
                None => {
                    let free = !taken.contains(&param.name);
                    let wish = if free { param.name.to_string() } else { format!("{}_{}", self.site.root, param.name) };
                    let name = taken.fresh(&wish);
                    let declared = ParamDecl { name: name.clone(), span: self.site.span, ..param.clone() };
                    params.made.insert(name.clone(), param.clone());
                    self.params.push(declared);
                    ExprKind::Name(name)
                }
            };
            self.values.insert(param.name.clone(), value);
        }
    }

    fn renaming<'r>(&'r self, index: &'r dyn Fn(&Name) -> Name) -> Renaming<'r> {
        Renaming { values: &self.values, arrays: &self.arrays, index, span: self.site.span }
    }

    fn statements(mut self, inside: &dyn Fn(&Name) -> Name, taken: &mut Taken) -> Vec<Statement> {
        let equations: Vec<Equation> = self.layer.equations.iter().map(|e| self.equation(e, taken)).collect();
        equations.iter().for_each(|equation| taken.insert(equation));
        let mut kinds = Vec::new();
        if !self.params.is_empty() {
            kinds.push(StatementKind::Param(std::mem::take(&mut self.params)));
        }
        kinds.push(StatementKind::Call(self.own_call(inside, taken)));
        kinds.extend(self.layer.calls.iter().map(|call| StatementKind::Call(self.call(call, taken))));
        kinds.extend(equations.into_iter().map(StatementKind::Equation));
        let span = self.site.span;
        kinds.into_iter().map(|kind| Statement { kind, span }).collect()
    }

    /// What the layer says of the arguments of this call.
    fn own_call(&self, inside: &dyn Fn(&Name) -> Name, taken: &Taken) -> Call {
        let same = |name: &Name| name.clone();
        let renaming = self.renaming(&same);
        let arguments = self.layer.given.iter().zip(&self.site.arguments).map(|((role, array), (of, span))| {
            let declared = ArrayDecl { name: inside(&array.name), span: *span, ..renaming.array(array) };
            Argument { of: of.clone(), role: *role, written: array.name.clone(), declared }
        });
        let requires = self.layer.requires.iter().map(|condition| self.requirement(condition, taken));
        Call {
            layer: self.site.call.layer.clone(),
            sizes: self.sizes.clone(),
            arguments: arguments.collect(),
            requires: self.bounds_of_constants().into_iter().chain(requires).collect(),
            span: self.site.span,
        }
    }

    /// A call that the layer makes.
    fn call(&self, call: &Call, taken: &Taken) -> Call {
        let same = |name: &Name| name.clone();
        let renaming = self.renaming(&same);
        let new = |name: &Name| self.arrays.get(name).unwrap_or(name).clone();
        let size = |size: &SizeDecl| SizeDecl {
            name: new(&size.name),
            default: size.default.as_ref().map(|value| renaming.expr(value, &mut Scope::new())),
            ..size.clone()
        };
        let arguments = call.arguments.iter().map(|a| Argument {
            of: self.whole.get(&a.of).unwrap_or(&a.of).clone(),
            declared: ArrayDecl { name: new(&a.declared.name), ..renaming.array(&a.declared) },
            ..a.clone()
        });
        Call {
            layer: call.layer.clone(),
            sizes: call.sizes.iter().map(size).collect(),
            arguments: arguments.collect(),
            requires: call.requires.iter().map(|condition| self.requirement(condition, taken)).collect(),
            span: self.site.span,
        }
    }

    /// A requirement, in which names that the layer does not declare are indices.
    fn requirement(&self, condition: &Condition, taken: &Taken) -> Condition {
        let mut own = BTreeSet::new();
        names_of(&Expr::new(ExprKind::Bracket(Box::new(condition.clone()))), &mut own);
        let none = BTreeSet::new();
        let index = |name: &Name| taken.index(name, &own, &none);
        let free = own.iter().filter(|name| !self.values.contains_key(*name));
        let mut scope: Scope = free.map(|name| (name.clone(), ExprKind::Name(index(name)))).collect();
        self.renaming(&index).condition(condition, &mut scope)
    }

    fn equation(&self, equation: &Equation, taken: &Taken) -> Equation {
        let own = names_in(equation);
        let places = self.site.left.as_ref().filter(|_| equation.array == self.layer.output);
        let mut also = BTreeSet::new();
        for place in places.into_iter().flatten() {
            match place {
                Place::Index(binder) => {
                    also.insert(binder.name.clone());
                }
                Place::Constant(expr) => names_of(expr, &mut also),
            }
        }
        let index = |name: &Name| taken.index(name, &own, &also);
        let renaming = self.renaming(&index);
        let (mut scope, mut at) = (Scope::new(), Vec::new());
        for (k, left) in equation.at.iter().enumerate() {
            let binder = match left {
                LeftIndex::Free(binder) => binder,
                LeftIndex::Fixed(expr) => {
                    at.push(LeftIndex::Fixed(renaming.expr(expr, &mut Scope::new())));
                    continue;
                }
            };
            let range = binder.range.as_ref().map(|range| renaming.range(range));
            let (name, range, span) = match places.and_then(|places| places.get(k)) {
                Some(Place::Constant(value)) => {
                    scope.push((binder.name.clone(), value.kind.clone()));
                    continue;
                }
                Some(Place::Index(new)) => (new.name.clone(), new.range.clone().or(range), new.span),
                None => (index(&binder.name), range, self.site.span),
            };
            scope.push((binder.name.clone(), ExprKind::Name(name.clone())));
            at.push(LeftIndex::Free(Binder { name, range, span }));
        }
        let array = self.arrays.get(&equation.array).unwrap_or(&equation.array).clone();
        Equation { array, at, body: renaming.expr(&equation.body, &mut scope), span: self.site.span }
    }

    /// A constant index lies in the range that the layer gives the axis.
    fn bounds_of_constants(&self) -> Vec<Condition> {
        let Some(places) = &self.site.left else { return Vec::new() };
        let Some(equation) = self.layer.equations.iter().find(|e| e.array == self.layer.output) else {
            return Vec::new();
        };
        let same = |name: &Name| name.clone();
        let renaming = self.renaming(&same);
        let pairs = equation.at.iter().zip(places);
        let bound = |(left, place): (&LeftIndex, &Place)| match (left, place) {
            (LeftIndex::Free(Binder { range: Some(range), .. }), Place::Constant(value)) => {
                let (lo, hi) = renaming.range(range);
                Some(Condition::Chain(lo, vec![(Relation::AtMost, value.clone()), (Relation::AtMost, hi)]))
            }
            _ => None,
        };
        pairs.filter_map(bound).collect()
    }
}
