//! The order in which equations can be evaluated: groups of them, each after those that it reads.
//!
//! Equations of one array, and arrays that are defined by each other, are a group. Invariant: arrays
//! of different groups do not go round in a circle.

use super::names::Names;
use super::resolve::arrays_read;
use crate::language::syntax::{self, Name};
use std::collections::{BTreeMap, BTreeSet};

/// Equations that must be taken in together, in source order.
#[derive(Clone, Debug)]
pub(super) struct Group<'a> {
    /// The equations.
    pub equations: Vec<&'a syntax::Equation>,
    /// Whether they read each other, or themselves.
    pub recurrent: bool,
}

/// The equations in groups, each after those that define what it reads; among those that are ready
/// the first in the source.
pub(super) fn evaluation_order<'a>(names: &Names, written: &[&'a syntax::Equation]) -> Vec<Group<'a>> {
    let mut sorted: Vec<&syntax::Equation> = written.to_vec();
    sorted.sort_by_key(|e| e.span.start);
    let mut arrays: Vec<&Name> = Vec::new();
    let mut number: BTreeMap<&Name, usize> = BTreeMap::new();
    for equation in &sorted {
        number.entry(&equation.array).or_insert_with(|| {
            arrays.push(&equation.array);
            arrays.len() - 1
        });
    }
    let mut reads: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); arrays.len()];
    for equation in &sorted {
        let read = names.needed(&equation.body);
        reads[number[&equation.array]].extend(read.iter().filter_map(|(name, _)| number.get(name).copied()));
    }
    let component = components(&reads);
    let groups = component.iter().max().map_or(0, |last| last + 1);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); groups];
    component.iter().enumerate().for_each(|(array, group)| members[*group].push(array));
    let mut order = Vec::with_capacity(groups);
    for group in topological(&members, &reads, &component) {
        let own = |array: usize| component[array] == group;
        let recurrent = members[group].iter().any(|array| reads[*array].iter().any(|read| own(*read)));
        let equations = sorted.iter().copied().filter(|e| own(number[&e.array])).collect();
        order.push(Group { equations, recurrent });
    }
    order
}

/// The groups in an order in which each comes after those that it reads, the first in the source first.
fn topological(members: &[Vec<usize>], reads: &[BTreeSet<usize>], component: &[usize]) -> Vec<usize> {
    let mut missing = vec![0; members.len()];
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for (group, arrays) in members.iter().enumerate() {
        let read: BTreeSet<usize> = arrays.iter().flat_map(|array| &reads[*array]).map(|a| component[*a]).collect();
        for other in read.into_iter().filter(|other| *other != group) {
            missing[group] += 1;
            readers[other].push(group);
        }
    }
    let first = |group: usize| (members[group][0], group);
    let mut ready: BTreeSet<(usize, usize)> = (0..members.len()).filter(|g| missing[*g] == 0).map(first).collect();
    let mut order = Vec::with_capacity(members.len());
    while let Some((_, group)) = ready.pop_first() {
        order.push(group);
        for reader in &readers[group] {
            missing[*reader] -= 1;
            if missing[*reader] == 0 {
                ready.insert(first(*reader));
            }
        }
    }
    order
}

/// The number of the strongly connected component of each node (Tarjan, without recursion).
pub(crate) fn components(edges: &[BTreeSet<usize>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let count = edges.len();
    let (mut entered, mut low, mut found) = (vec![NONE; count], vec![0; count], vec![NONE; count]);
    let (mut stack, mut next, mut groups) = (Vec::new(), 0, 0);
    for root in 0..count {
        if entered[root] != NONE {
            continue;
        }
        let mut path = vec![(root, edges[root].iter())];
        entered[root] = next;
        low[root] = next;
        next += 1;
        stack.push(root);
        while let Some((node, rest)) = path.last_mut() {
            let node = *node;
            match rest.next() {
                Some(&other) if entered[other] == NONE => {
                    entered[other] = next;
                    low[other] = next;
                    next += 1;
                    stack.push(other);
                    path.push((other, edges[other].iter()));
                }
                Some(&other) => {
                    if found[other] == NONE {
                        low[node] = low[node].min(entered[other]);
                    }
                }
                None => {
                    path.pop();
                    if let Some((parent, _)) = path.last() {
                        low[*parent] = low[*parent].min(low[node]);
                    }
                    if low[node] == entered[node] {
                        while let Some(member) = stack.pop() {
                            found[member] = groups;
                            if member == node {
                                break;
                            }
                        }
                        groups += 1;
                    }
                }
            }
        }
    }
    found
}

/// Whether an equation reads one of the arrays.
pub(super) fn equation_depends_on(equation: &syntax::Equation, failed: &[Name]) -> bool {
    let mut read = Vec::new();
    arrays_read(&equation.body, &mut read);
    read.iter().any(|(name, _)| failed.contains(name))
}
