//! Where a source can be changed, and the changes written behind switches.

use crate::values::values;
use proc_macro2::Span;
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, BinOp, Block, Expr, ExprConst, ExprMatch, ExprRepeat, File, ImplItemConst, ImplItemFn, ItemConst,
    ItemFn, ItemImpl, ItemMod, ItemStatic, Pat, ReturnType, Signature, Stmt, TraitItemConst, TraitItemFn, Type, UnOp,
    parse_quote,
};

/// So many characters of the changed code are shown.
const SHOWN: usize = 110;

/// Numbers the mutants of files one after the other, and writes the chosen ones.
pub struct Mutator {
    /// What was found, a line each.
    pub listed: Vec<String>,
    chosen: BTreeSet<u32>,
    number: u32,
    file: String,
    /// The names that enclose the place.
    within: Vec<String>,
}

/// What an arm of a `match` becomes.
enum Arm {
    LeftOut,
    Always,
    Never,
}

impl Mutator {
    pub fn new(chosen: BTreeSet<u32>) -> Mutator {
        Mutator { listed: Vec::new(), chosen, number: 0, file: String::new(), within: Vec::new() }
    }

    /// The file with the chosen mutants in it.
    pub fn file(&mut self, name: &str, mut file: File) -> File {
        self.file = name.into();
        self.visit_file_mut(&mut file);
        file
    }

    /// Counts a mutant; its number if it is chosen.
    fn mutant(&mut self, at: Span, change: &str) -> Option<u32> {
        self.number += 1;
        let (number, line, within) = (self.number, at.start().line, self.within.join("::"));
        let change: String = change.chars().take(SHOWN).collect();
        self.listed.push(format!("{number}\t{}:{line}\t{within}\t{change}", self.file));
        self.chosen.contains(&number).then_some(number)
    }

    fn function(&mut self, signature: &Signature, block: &mut Block, attributes: &[Attribute]) {
        if is_test(attributes) || signature.constness.is_some() {
            return;
        }
        self.within.push(signature.ident.to_string());
        let mut early: Vec<Stmt> = Vec::new();
        let found = match &signature.output {
            _ if block.stmts.is_empty() || signature.ident == "new" => Vec::new(),
            ReturnType::Default => values(&parse_quote!(())),
            ReturnType::Type(_, of) => values(of),
        };
        for value in found {
            let same = block.stmts.len() == 1 && text(&block.stmts[0]) == value.to_string();
            let change = format!("the body is {value}");
            if let Some(number) = (!same).then(|| self.mutant(signature.ident.span(), &change)).flatten() {
                early.push(parse_quote!(if crate::mutant(#number) { return #value; }));
            }
        }
        visit_mut::visit_block_mut(self, block);
        block.stmts.splice(0..0, early);
        self.within.pop();
    }
}

impl VisitMut for Mutator {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Expr::Binary(chain) = expression
            && (binds(&chain.left) || binds(&chain.right))
        {
            self.visit_expr_mut(&mut chain.left);
            self.visit_expr_mut(&mut chain.right);
            return;
        }
        let mut found: Vec<(u32, Expr)> = Vec::new();
        match &*expression {
            Expr::Binary(whole) => {
                for operator in others(&whole.op) {
                    let change = format!("{} for {} in {}", text(&operator), text(&whole.op), text(whole));
                    if let Some(number) = self.mutant(whole.op.span(), &change) {
                        let mut changed = whole.clone();
                        changed.op = operator;
                        found.push((number, Expr::Binary(changed)));
                    }
                }
            }
            Expr::Unary(whole) if matches!(whole.op, UnOp::Not(_) | UnOp::Neg(_)) => {
                let change = format!("no {} in {}", text(&whole.op), text(whole));
                if let Some(number) = self.mutant(whole.span(), &change) {
                    found.push((number, (*whole.expr).clone()));
                }
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expression);
        for (number, changed) in found {
            let kept = expression.clone();
            *expression = parse_quote!((if crate::mutant(#number) { #changed } else { #kept }));
        }
    }

    fn visit_expr_match_mut(&mut self, whole: &mut ExprMatch) {
        let wildcard = whole.arms.iter().position(|arm| arm.guard.is_none() && matches!(arm.pat, Pat::Wild(_)));
        let mut found: Vec<(usize, u32, Arm)> = Vec::new();
        for (place, arm) in whole.arms.iter().enumerate() {
            let pattern = text(&arm.pat);
            let mut change = |what: String, into: Arm| {
                found.extend(self.mutant(arm.pat.span(), &what).map(|number| (place, number, into)));
            };
            if wildcard.is_some_and(|wildcard| place < wildcard) {
                change(format!("no arm {pattern}"), Arm::LeftOut);
            }
            if let Some((_, guard)) = arm.guard.as_ref().filter(|(_, guard)| !binds(guard)) {
                change(format!("true for the guard {}", text(guard)), Arm::Always);
                change(format!("false for the guard {}", text(guard)), Arm::Never);
            }
        }
        visit_mut::visit_expr_match_mut(self, whole);
        for (place, number, into) in found {
            let arm = &mut whole.arms[place];
            let guard: Expr = match (&arm.guard, into) {
                (None, _) => parse_quote!(!crate::mutant(#number)),
                (Some((_, guard)), Arm::Always) => parse_quote!(crate::mutant(#number) || (#guard)),
                (Some((_, guard)), _) => parse_quote!(!crate::mutant(#number) && (#guard)),
            };
            arm.guard = Some((Default::default(), Box::new(guard)));
        }
    }

    fn visit_item_fn_mut(&mut self, item: &mut ItemFn) {
        self.function(&item.sig.clone(), &mut item.block, &item.attrs);
    }

    fn visit_impl_item_fn_mut(&mut self, item: &mut ImplItemFn) {
        self.function(&item.sig.clone(), &mut item.block, &item.attrs);
    }

    fn visit_trait_item_fn_mut(&mut self, item: &mut TraitItemFn) {
        if let Some(block) = &mut item.default {
            self.function(&item.sig.clone(), block, &item.attrs);
        }
    }

    fn visit_item_mod_mut(&mut self, item: &mut ItemMod) {
        if !is_test(&item.attrs) {
            visit_mut::visit_item_mod_mut(self, item);
        }
    }

    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        let of = item.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
        if is_test(&item.attrs) || of.is_some_and(|of| of.ident == "Debug" || of.ident == "Default") {
            return;
        }
        self.within.push(text(&item.self_ty).replace(' ', ""));
        visit_mut::visit_item_impl_mut(self, item);
        self.within.pop();
    }

    // What is computed when the program is built has no switch, and a type or a pattern no value.
    fn visit_item_const_mut(&mut self, _: &mut ItemConst) {}
    fn visit_item_static_mut(&mut self, _: &mut ItemStatic) {}
    fn visit_impl_item_const_mut(&mut self, _: &mut ImplItemConst) {}
    fn visit_trait_item_const_mut(&mut self, _: &mut TraitItemConst) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}
    fn visit_expr_repeat_mut(&mut self, _: &mut ExprRepeat) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_pat_mut(&mut self, _: &mut Pat) {}
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().map(text).any(|attribute| attribute.contains("cfg (test)") || attribute == "# [test]")
}

/// Whether a chain of conditions binds names with `let`: it stands only where it is.
fn binds(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Paren(inner) => binds(&inner.expr),
        Expr::Binary(chain) if matches!(chain.op, BinOp::And(_) | BinOp::Or(_)) => {
            binds(&chain.left) || binds(&chain.right)
        }
        _ => false,
    }
}

/// The operators by which one is replaced.
fn others(operator: &BinOp) -> Vec<BinOp> {
    match operator {
        BinOp::Eq(_) => vec![parse_quote!(!=)],
        BinOp::Ne(_) => vec![parse_quote!(==)],
        BinOp::And(_) => vec![parse_quote!(||)],
        BinOp::Or(_) => vec![parse_quote!(&&)],
        BinOp::Lt(_) => vec![parse_quote!(==), parse_quote!(>), parse_quote!(<=)],
        BinOp::Gt(_) => vec![parse_quote!(==), parse_quote!(<), parse_quote!(>=)],
        BinOp::Le(_) => vec![parse_quote!(>)],
        BinOp::Ge(_) => vec![parse_quote!(<)],
        BinOp::Add(_) => vec![parse_quote!(-), parse_quote!(*)],
        BinOp::Sub(_) => vec![parse_quote!(+), parse_quote!(/)],
        BinOp::Mul(_) => vec![parse_quote!(+), parse_quote!(/)],
        BinOp::Div(_) => vec![parse_quote!(%), parse_quote!(*)],
        BinOp::Rem(_) => vec![parse_quote!(/), parse_quote!(+)],
        BinOp::Shl(_) => vec![parse_quote!(>>)],
        BinOp::Shr(_) => vec![parse_quote!(<<)],
        BinOp::BitAnd(_) => vec![parse_quote!(|), parse_quote!(^)],
        BinOp::BitOr(_) => vec![parse_quote!(&), parse_quote!(^)],
        BinOp::BitXor(_) => vec![parse_quote!(|), parse_quote!(&)],
        BinOp::AddAssign(_) => vec![parse_quote!(-=), parse_quote!(*=)],
        BinOp::SubAssign(_) => vec![parse_quote!(+=), parse_quote!(/=)],
        BinOp::MulAssign(_) => vec![parse_quote!(+=), parse_quote!(/=)],
        BinOp::BitAndAssign(_) => vec![parse_quote!(|=), parse_quote!(^=)],
        BinOp::BitOrAssign(_) => vec![parse_quote!(&=), parse_quote!(^=)],
        _ => Vec::new(),
    }
}
