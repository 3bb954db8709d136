//! What is on a page once: a derivation that a question has shown before is not shown again.

use super::document::{Block, Math, Part};
use super::reason::text;

/// Takes out the derivations of a question that repeat an earlier one of it; below an answer of which
/// no derivation is left a sentence says so. The equations at the head of a part stand there as a whole
/// or not at all.
pub fn once(blocks: &mut Vec<Block>, parts: &mut [Part]) {
    let mut shown: Vec<(Math, Vec<Math>)> = Vec::new();
    let above = Block::Paragraph(vec![text("As derived above.")]);
    for blocks in std::iter::once(blocks).chain(parts.iter_mut().map(|part| &mut part.blocks)) {
        let mut kept: Vec<Block> = Vec::with_capacity(blocks.len());
        let head: Vec<_> = blocks.iter().map_while(said).collect();
        let new = head.iter().any(|equation| !shown.contains(equation));
        for (place, block) in blocks.drain(..).enumerate() {
            let whole = new && place < head.len();
            match said(&block) {
                Some(derivation) if shown.contains(&derivation) && !whole => {
                    if !matches!(kept.last(), None | Some(Block::Derivation { .. })) && kept.last() != Some(&above) {
                        kept.push(above.clone());
                    }
                }
                said => {
                    if said.is_some() && kept.last() == Some(&above) {
                        kept.pop();
                    }
                    shown.extend(said);
                    kept.push(block);
                }
            }
        }
        *blocks = kept;
    }
}

/// What a derivation says, its reasons left out.
fn said(block: &Block) -> Option<(Math, Vec<Math>)> {
    match block {
        Block::Derivation { left, lines, folded: None } => {
            Some((left.clone(), lines.iter().map(|line| line.right.clone()).collect()))
        }
        _ => None,
    }
}
