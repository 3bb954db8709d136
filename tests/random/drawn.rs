//! Pictures of random layers: each is drawn such that it can be read, or refused with a hint.

use crate::case::{Case, Trial};
use crate::svg::Picture;
use backprose::model::Sizes;
use backprose::study::NoAnswer;
use backprose::writeup::figure::{Asked, Form, NoFigure, What, figure};

/// Every kind of picture is made, or refused with a hint; what is made can be read.
pub fn is_drawn(case: &mut Case) -> Result<(), Trial> {
    for what in [What::Graph, What::Unrolled, What::Reads, What::Jacobian, What::Adjoint] {
        let asked = Asked { what, of: None, wrt: None, steps: None, whole: false };
        match figure(&case.file.statements, case.base, &Sizes::default(), &asked) {
            Ok(drawn) => {
                let svg = drawn.written(Form::Svg).map_err(|why| Trial::Fails(why.to_string()))?;
                Picture::read(&svg).check(&format!("{what:?}"));
                drawn.written(Form::Tikz { alone: true }).map_err(|why| Trial::Fails(why.to_string()))?;
                case.count(&format!("{what:?} drawn"));
            }
            Err(NoFigure::Wrong(problems)) => return Err(problems.into()),
            Err(NoFigure::Unanswered(NoAnswer::Refused(why))) if why.hint.is_some() => {
                case.count(&format!("{what:?} refused"));
            }
            Err(NoFigure::Unanswered(NoAnswer::Refused(why))) => {
                return Err(Trial::Fails(format!("refused without a hint: {}", why.message)));
            }
            Err(NoFigure::Unanswered(why)) => return Err(why.into()),
        }
    }
    Ok(())
}
