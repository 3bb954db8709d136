//! `backprose vary`: variants of a homework for an exam, each with its questions and its key.

use super::input::{catalogue, read, the_homework};
use super::limits::unfinished;
use super::output::print;
use super::parallel::in_order;
use super::report::{Source, advise, complain, unusable};
use super::solve::{checks_of, contents, document_in, extension, stem, write_all};
use super::{SheetFormat, Stop, VaryArgs};
use backprose::catalogue::Catalogue;
use backprose::exam::{self, questions};
use backprose::language::parse::parse_file_within;
use backprose::language::print::file as print_file;
use backprose::language::syntax::File;
use backprose::limits::Limits;
use backprose::model::compose::compose_within;
use backprose::verify::Unverified;
use backprose::writeup::mathml::Engine;
use backprose::writeup::outline::Style;
use backprose::writeup::sheet::sheet_within;
use backprose::writeup::templates::Templates;
use std::path::{Path, PathBuf};

/// What is written for one variant.
type Written = Vec<(PathBuf, Vec<u8>)>;

/// What became of a variant.
enum Made {
    /// Its files.
    Written(Written),
    /// The time ran out; what it is called.
    Unfinished(String),
}

/// Makes the variants and writes them.
pub fn vary(arguments: &VaryArgs, folders: &[PathBuf]) -> Result<(), Stop> {
    let engine = super::engine(arguments.mathml, arguments.format.contains(&SheetFormat::Html))?;
    let to_stdout = arguments.out == Path::new("-");
    if to_stdout && arguments.count > 1 {
        complain("standard output takes one variant", Some("name a folder: --out exam"));
        return Err(Stop::Unusable);
    }
    let limits = arguments.limits.read()?;
    let source = read(&arguments.file, &limits)?;
    let catalogue = catalogue(folders, &limits)?;
    let file = parse_file_within(&source.text, &limits).map_err(|wrong| unusable(&source, &wrong))?;
    compose_within(&file, &catalogue, &limits).map_err(|wrong| unusable(&source, &wrong))?;
    the_homework(&file.items, &source.name)?;
    let varied = exam::vary_within(&file, &catalogue, (arguments.seed, usize::from(arguments.count)), &limits)
        .map_err(|wrong| unusable(&source, &wrong))?;
    varied.kept.iter().for_each(|why| advise(why.clone()));
    match varied.different {
        Some(0) => advise("the variants differ in the letters of indices alone"),
        Some(different) => advise(format!(
            "{different} variant{} with other sizes fit; after that they come again, with other letters",
            if different == 1 { "" } else { "s" }
        )),
        None => {}
    }
    if to_stdout {
        return varied.files.first().map_or(Ok(()), |file| print(print_file(file)));
    }
    let numbered: Vec<(usize, &File)> = varied.files.iter().enumerate().map(|(k, file)| (k + 1, file)).collect();
    let (mut written, mut open): (Vec<Written>, Vec<String>) = (Vec::new(), Vec::new());
    let work = |(): &mut (), numbered: &(usize, &File)| variant((arguments, engine, &limits), &catalogue, *numbered);
    in_order(
        &numbered,
        || (),
        work,
        |files| -> Result<(), Stop> {
            match files? {
                Made::Written(files) => written.push(files),
                Made::Unfinished(name) => open.push(name),
            }
            Ok(())
        },
    )?;
    written.iter().try_for_each(|files| write_all(files))?;
    if open.is_empty() { Ok(()) } else { Err(unfinished(&open)) }
}

/// The files of one variant: the homework, its questions and its key.
fn variant(
    (arguments, engine, limits): (&VaryArgs, Engine, &Limits),
    catalogue: &Catalogue,
    (number, file): (usize, &File),
) -> Result<Made, Stop> {
    let width = arguments.count.to_string().len().max(2);
    let name = format!("{}-variant-{number:0width$}", stem(&arguments.file));
    let text = print_file(file);
    let source = Source { name: format!("{name}.bp"), text };
    let file = parse_file_within(&source.text, limits).and_then(|file| compose_within(&file, catalogue, limits));
    let file = file.map_err(|wrong| unusable(&source, &wrong))?;
    let homework = the_homework(&file.items, &source.name)?;
    let style = Style { level: arguments.steps.into(), printing: arguments.printing.into() };
    let mut key =
        sheet_within(homework, file.base.unwrap_or(1), style, limits).map_err(|wrong| unusable(&source, &wrong))?;
    if key.unverified.iter().any(Unverified::is_unfinished) {
        return Ok(Made::Unfinished(format!("variant {number}")));
    }
    if !key.unverified.is_empty() {
        for unverified in &key.unverified {
            complain(unverified.to_string(), unverified.remedy(limits).as_deref());
        }
        complain("nothing is written", None);
        return Err(Stop::Refuted);
    }
    let title = format!("{}, variant {number}", key.document.title);
    let mut paper = questions(&key.document);
    key.document.title = format!("{title}: key");
    paper.title = title;
    let checks = checks_of(&mut key, &arguments.format);
    let mut written = vec![(arguments.out.join(&source.name), source.text.clone().into_bytes())];
    for format in &arguments.format {
        let path = |what: &str| arguments.out.join(format!("{name}-{what}.{}", extension(*format)));
        if *format != SheetFormat::Json {
            written
                .push((path("questions"), document_in(&paper, &[], (*format, engine), false, &Templates::default())?));
        }
        written.push((path("key"), contents(&key, &checks, (*format, engine), false, &Templates::default())?));
    }
    Ok(Made::Written(written))
}
