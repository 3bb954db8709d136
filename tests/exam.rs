//! Variants of homeworks, and hints: properties that hold for every seed.

use backprose::answers::{Detail, Grader, Mapping};
use backprose::catalogue::Catalogue;
use backprose::exam::{asked, hint, questions, vary};
use backprose::judge::{Judge, Verdict};
use backprose::language::parse::parse_file;
use backprose::language::print::file as print_file;
use backprose::language::syntax::{AnswerKind, Claim, ClaimValue, File, Homework, Item, Target};
use backprose::limits::Limits;
use backprose::model::compose::compose;
use backprose::model::{Sizes, elaborate};
use backprose::writeup::document::{Block, Document};
use backprose::writeup::outline::Level;
use backprose::writeup::render::{Format, render};
use backprose::writeup::sheet::sheet;
use std::collections::BTreeSet;

const WINDOWS: &str = r#"homework "Windows" {
  problem 1 "Padding and dilation" {
    question 1 "An input of length 9 is padded with padding 1 and meets a kernel of size 3 with stride 2 and dilation 3." {
      input x[9 pad 1]   weight w[3]
      f[r] = sum[i] x[3*i + 2*r - 5] * w[i]
      answer shape f, f, df/dw, dl/dx
    }
    question 2 "The same kernel of size 3, written by a layer." {
      input x[9, 4]   weight w[5, 4, 3]
      z = conv1d(x, w; S = 2, P = 1)
      output z
      answer shape z, dl/dw
    }
  }
  problem 2 "Layers" {
    question 1 "A network with 6 inputs and 4 units." {
      input x[6]   weight A[4, 6], b[4]
      z[i] = b[i] + sum[j] A[i,j]*x[j]
      y[i] = tanh(z[i])
      answer dl/dA, dl/dx
    }
    question 2 "A recurrence over 5 positions." {
      input x[5]   weight u
      h[0] = 0
      h[t in 1..5] = tanh(u*h[t-1] + x[t])
      output h
      answer dh[t]/dh[t-1], dl/dx
    }
  }
}
"#;

fn homework_of(file: &File) -> &Homework {
    let homework = file.items.iter().find_map(|item| match item {
        Item::Homework(homework) => Some(homework),
        Item::Layer(_) | Item::Test(_) => None,
    });
    homework.unwrap()
}

fn homeworks() -> [&'static str; 3] {
    [include_str!("../examples/homework1.bp"), include_str!("../examples/homework2.bp"), WINDOWS]
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_the_first_variants_do_not_depend_on_how_many_there_are() {
    let catalogue = Catalogue::built_in();
    let file = parse_file(WINDOWS).unwrap();
    let texts = |seed, count| -> Vec<String> {
        vary(&file, &catalogue, seed, count).unwrap().files.iter().map(print_file).collect()
    };
    let five = texts(7, 5);
    assert_eq!(five, texts(7, 5));
    assert_eq!(five[..2], texts(7, 2));
    assert_ne!(five, texts(8, 5));
    for (k, one) in five.iter().enumerate() {
        assert!(!five[..k].contains(one), "variant {k} comes twice");
    }
}

/// The key of a homework, all of it verified, and what the judge says of its own page: the questions of
/// which a line is proved, and of which one is refuted.
fn keyed(file: &File) -> (Document, BTreeSet<String>, BTreeSet<String>) {
    let printed = print_file(file);
    let whole = compose(file, &Catalogue::built_in()).unwrap();
    let homework = homework_of(&whole);
    let key = sheet(homework, 1, Level::Answer).unwrap_or_else(|e| panic!("{printed}\n{e:?}"));
    assert!(key.unverified.is_empty(), "{printed}");
    let page = render(&key.document, Format::Markdown, false).unwrap();
    let mapping = Mapping::default();
    let marked = Grader::new(homework, 1, &mapping, Detail::Verdicts).unwrap().judge(&page).unwrap();
    let of = |verdict: &str| {
        let entries = marked.entries.iter().filter(|entry| entry.verdict() == verdict);
        entries.map(|entry| entry.question.clone()).collect()
    };
    (key.document, of("proved"), of("refuted"))
}

/// A line that holds for some of its indices alone – a case of a recurrence – is refuted where it is read
/// for all; a variant has such lines where the homework has them.
#[test]
fn a_variant_is_read_back_as_it_is_solved_verified_and_proved_by_its_own_key() {
    let catalogue = Catalogue::built_in();
    for text in homeworks() {
        let file = parse_file(text).unwrap();
        let (_, proved, refuted) = keyed(&file);
        for seed in 0..2 {
            for variant in vary(&file, &catalogue, seed, 1).unwrap().files {
                let printed = print_file(&variant);
                assert_eq!(parse_file(&printed).unwrap(), variant, "{printed}");
                let (key, now_proved, now_refuted) = keyed(&variant);
                assert_eq!((&now_proved, &now_refuted), (&proved, &refuted), "{printed}");
                let paper = render(&questions(&key), Format::Text, false).unwrap();
                assert!(!paper.contains('┌') && !paper.contains("Verified"), "{paper}");
            }
        }
        assert!(proved.len() > refuted.len(), "{proved:?} {refuted:?}");
    }
}

#[test]
fn the_usual_slips_in_a_variant_are_refuted_where_they_were() {
    let catalogue = Catalogue::built_in();
    let file = parse_file(WINDOWS).unwrap();
    let mut refuted = 0;
    for variant in vary(&file, &catalogue, 3, 2).unwrap().files {
        let whole = compose(&variant, &catalogue).unwrap();
        for question in homework_of(&whole).problems.iter().flat_map(|problem| &problem.questions) {
            let system = elaborate(&question.statements, 1, &Sizes::default()).unwrap();
            let mut judge = Judge::new(&system).unwrap();
            for answer in &question.answers {
                let AnswerKind::Derive(target @ (Target::Jacobian(..) | Target::Gradient(..)), _) = &answer.kind else {
                    continue;
                };
                let Some(left) = judge.indexed(target) else { continue };
                for slip in judge.slipped(target).unwrap().into_iter().filter(|slip| slip.differs) {
                    let value = ClaimValue::Formula(slip.formula);
                    let (target, span) = (left.clone(), answer.span);
                    let Ok(judged) = judge.judge(&Claim { expected: true, target, value, because: None, span }) else {
                        continue;
                    };
                    assert!(matches!(judged.verdict, Verdict::Refuted(_)), "{}: {}", slip.name, judged.claim);
                    refuted += 1;
                }
            }
        }
    }
    assert!(refuted > 100, "only {refuted} slips were tried");
}

#[test]
fn no_hint_but_the_last_of_an_answer_holds_it() {
    for text in homeworks() {
        let catalogue = Catalogue::built_in();
        let file = compose(&parse_file(text).unwrap(), &catalogue).unwrap();
        let homework = homework_of(&file);
        for place in asked(homework) {
            for answer in place.answers() {
                let one = std::slice::from_ref(answer);
                let steps = |k| hint(homework, 1, (place, one), k, Level::Main.into(), &Limits::default());
                let Ok(first) = steps(1) else { continue };
                let blocks = |k| steps(k).unwrap().document.problems.remove(0).questions.remove(0).blocks;
                let boxed = |block: &Block| matches!(block, Block::Boxed { .. });
                let last = |blocks: &[Block]| match blocks.iter().find(|b| matches!(b, Block::Derivation { .. })) {
                    Some(Block::Derivation { lines, .. }) => lines.last().map(|line| line.right.clone()),
                    _ => None,
                };
                let right = last(&blocks(first.of));
                let derived = matches!(&answer.kind, AnswerKind::Derive(Target::Jacobian(..), by) if by.is_empty());
                for k in (1..first.of).filter(|_| derived) {
                    assert!(!blocks(k).iter().any(boxed), "{} step {k}", place.name());
                    assert_ne!(last(&blocks(k)), right, "{} step {k}", place.name());
                }
            }
        }
    }
}

#[test]
fn a_homework_in_which_nothing_can_vary_says_so() {
    let text = r#"homework "Fixed" { problem 1 { question 1 "With $y_i = \sum_j W_{ij}x_j$?" {
        size n, m
        input x[n]   weight W[m, n]
        y[i] = sum[j] W[i,j]*x[j]
        answer dl/dW
    } } }"#;
    let wrong = vary(&parse_file(text).unwrap(), &Catalogue::built_in(), 1, 1).err().unwrap();
    assert!(wrong[0].message.contains("nothing") && wrong[0].hint.is_some());
}
