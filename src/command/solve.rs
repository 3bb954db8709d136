//! `backprose solve`: a homework file becomes verified write-ups.

use super::input::{catalogue, read, specification, the_homework};
use super::output::{print, print_plain, write};
use super::pdf::pdf;
use super::report::{colours, complain, unusable};
use super::templates::{unknown_format, unrendered, without_templates};
use super::{SheetFormat, SolveArgs, Stop, stale};
use backprose::verify::Certificate;
use backprose::writeup::document::Document;
use backprose::writeup::json;
use backprose::writeup::mathml::Engine;
use backprose::writeup::notebook::{Check, checks, notebook};
use backprose::writeup::outline::Style;
use backprose::writeup::render::{Format, render_with};
use backprose::writeup::sheet::{Row, Sheet, sheet_within};
use backprose::writeup::templates::Templates;
use backprose::writeup::unicode;
use std::path::{Path, PathBuf};

/// Solves a homework file and writes its write-ups.
pub fn solve(arguments: &SolveArgs, folders: &[PathBuf]) -> Result<(), Stop> {
    let formats = formats(arguments)?;
    let engine = super::engine(arguments.mathml, formats.contains(&SheetFormat::Html))?;
    let limits = arguments.limits.read()?;
    let templates = arguments.templates.read(&limits)?;
    let source = read(&arguments.file, &limits)?;
    let file =
        specification(&source, &catalogue(folders, &limits)?, &limits).map_err(|wrong| unusable(&source, &wrong))?;
    let homework = the_homework(&file.items, &source.name)?;
    let base = file.base.unwrap_or(1);
    let mut sheet = {
        let style = Style { level: arguments.steps.into(), printing: arguments.printing.into() };
        sheet_within(homework, base, style, &limits)
    }
    .map_err(|wrong| unusable(&source, &wrong))?;
    let to_stdout = arguments.out == Path::new("-");
    if to_stdout && arguments.check {
        complain("standard output holds no write-up to compare with", Some("--out names the folder of the write-ups"));
        return Err(Stop::Unusable);
    }
    if to_stdout && formats.len() != 1 {
        complain("standard output takes one format", Some("for example: --out - --format markdown"));
        return Err(Stop::Unusable);
    }
    for unverified in &sheet.unverified {
        complain(unverified.to_string(), unverified.remedy(&limits).as_deref());
    }
    let wrong = sheet.unverified.iter().any(|unverified| !unverified.is_unfinished());
    if (wrong && !arguments.keep_going) || (!sheet.unverified.is_empty() && arguments.check) {
        complain("nothing is written", Some("--keep-going writes the rest, with a box in place of what failed"));
        return Err(Stop::Refuted);
    }
    let checks = checks_of(&mut sheet, &formats);
    let contents = |format, color| contents(&sheet, &checks, (format, engine), color, &templates);
    if to_stdout {
        print(contents(formats[0], colours(&std::io::stdout()))?)?;
    } else {
        let written = write_ups(arguments, &formats, &|format| contents(format, false))?;
        if arguments.check {
            return stale::check(&written);
        }
        print(table(&sheet.rows))?;
        write_all(&written)?;
    }
    if sheet.unverified.is_empty() { Ok(()) } else { Err(Stop::Refuted) }
}

/// The formats asked for, or that of the template; without either the three that are read most.
fn formats(arguments: &SolveArgs) -> Result<Vec<SheetFormat>, Stop> {
    let formats = match (&arguments.templates.template, arguments.format.as_slice()) {
        (None, []) => vec![SheetFormat::Latex, SheetFormat::Markdown, SheetFormat::Html],
        (Some(path), []) => match arguments.templates.extension() {
            Some("tex") => vec![SheetFormat::Latex],
            Some("md") => vec![SheetFormat::Markdown],
            Some("html") => vec![SheetFormat::Html],
            Some("txt") => vec![SheetFormat::Text],
            _ => return Err(unknown_format(path)),
        },
        (Some(_), [_, _, ..]) => {
            complain("--template writes one format", Some("without --format, that of its extension"));
            return Err(Stop::Unusable);
        }
        (_, asked) => asked.to_vec(),
    };
    match formats.as_slice() {
        [SheetFormat::Json] if arguments.templates.given() => Err(without_templates("json")),
        [SheetFormat::Notebook] if arguments.templates.template.is_some() => Err(without_templates("notebook")),
        _ => Ok(formats),
    }
}

/// A sheet in one format.
pub fn contents(
    sheet: &Sheet,
    checks: &[Check],
    (format, engine): (SheetFormat, Engine),
    color: bool,
    templates: &Templates,
) -> Result<Vec<u8>, Stop> {
    match format {
        SheetFormat::Json => Ok(json::text(&sheet.data).into_bytes()),
        format => document_in(&sheet.document, checks, (format, engine), color, templates),
    }
}

/// A document in one format; as data there is none of it alone, that is text too.
pub fn document_in(
    document: &Document,
    checks: &[Check],
    (wanted, engine): (SheetFormat, Engine),
    color: bool,
    templates: &Templates,
) -> Result<Vec<u8>, Stop> {
    let rendered = |format| render_with(document, format, color, templates);
    let text = match wanted {
        SheetFormat::Latex | SheetFormat::Pdf => rendered(Format::Latex),
        SheetFormat::Markdown => rendered(Format::Markdown),
        SheetFormat::Html => rendered(Format::Html(engine)),
        SheetFormat::Notebook => notebook(document, checks, templates),
        SheetFormat::Text | SheetFormat::Json => rendered(Format::Text),
    };
    let text = text.map_err(unrendered)?;
    if wanted == SheetFormat::Pdf { pdf(&text) } else { Ok(text.into_bytes()) }
}

/// The checks that a notebook holds, where one is wanted.
pub fn checks_of(sheet: &mut Sheet, formats: &[SheetFormat]) -> Vec<Check> {
    let wanted = formats.contains(&SheetFormat::Notebook);
    if wanted { checks(std::mem::take(&mut sheet.asked)) } else { Vec::new() }
}

/// The write-ups, each with the file it belongs in.
fn write_ups(
    arguments: &SolveArgs,
    formats: &[SheetFormat],
    contents: &dyn Fn(SheetFormat) -> Result<Vec<u8>, Stop>,
) -> Result<Vec<(PathBuf, Vec<u8>)>, Stop> {
    let stem = stem(&arguments.file);
    let mut written = Vec::new();
    for format in formats {
        let own = arguments.templates.extension().filter(|_| *format != SheetFormat::Pdf);
        let path = arguments.out.join(format!("{stem}.{}", own.unwrap_or(extension(*format))));
        written.push((path, contents(*format)?));
    }
    Ok(written)
}

/// Writes files, and says which.
pub fn write_all(written: &[(PathBuf, Vec<u8>)]) -> Result<(), Stop> {
    for (path, contents) in written {
        write(path, contents)?;
    }
    let names: Vec<String> = written.iter().map(|(path, _)| path.display().to_string()).collect();
    print_plain(&format!("wrote {}\n", names.join(", ")))
}

/// What files made from one are called.
pub fn stem(file: &Path) -> String {
    match file.file_stem() {
        Some(stem) if file != Path::new("-") => stem.to_string_lossy().into_owned(),
        _ => "homework".into(),
    }
}

/// How the name of a file of a format ends.
pub fn extension(format: SheetFormat) -> &'static str {
    match format {
        SheetFormat::Latex => "tex",
        SheetFormat::Markdown => "md",
        SheetFormat::Html => "html",
        SheetFormat::Notebook => "ipynb",
        SheetFormat::Text => "txt",
        SheetFormat::Pdf => "pdf",
        SheetFormat::Json => "json",
    }
}

/// Question, shape, how verified.
fn table(rows: &[Row]) -> String {
    let (strong, dim, plain) = match colours(&std::io::stdout()) {
        true => ("\u{1b}[32m", "\u{1b}[2m", "\u{1b}[0m"),
        false => ("", "", ""),
    };
    let cells: Vec<(&str, String, String)> = rows
        .iter()
        .map(|row| {
            let outcome = match &row.outcome {
                Ok(certificate) => format!("{strong}verified{plain} {dim}{}{plain}", how(certificate)),
                Err(reason) => format!("NOT VERIFIED {reason}"),
            };
            (row.number.as_str(), unicode(&row.summary, &row.notation), outcome)
        })
        .collect();
    let width = |f: &dyn Fn(&(&str, String, String)) -> usize| cells.iter().map(f).max().unwrap_or(0);
    let (first, second) = (width(&|c| c.0.chars().count()), width(&|c| c.1.chars().count()).min(40));
    let mut table = String::new();
    for (number, summary, outcome) in &cells {
        let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(text.chars().count()));
        let wide = summary.chars().count() > second;
        table += &format!("{number}{}  {summary}", pad(number, first));
        match wide {
            true => table += &format!("\n{}  {outcome}\n", " ".repeat(first + 2 + second)),
            false => table += &format!("{}  {outcome}\n", pad(summary, second)),
        }
    }
    table
}

fn how(certificate: &Certificate) -> String {
    let several = |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
    let entries = match certificate {
        Certificate { entries: n @ 1.., sampled: true, .. } => format!("{n} sampled entries"),
        Certificate { entries: n @ 1.., .. } | Certificate { limits: n @ 1.., .. } => several(*n, "entry", "entries"),
        Certificate { places: n @ 1.., .. } => several(*n, "place", "places"),
        Certificate { values: n @ 1.., .. } => several(*n, "value", "values"),
        Certificate { counted: n @ 1.., .. } => several(*n, "array", "arrays"),
        _ => "the shape".into(),
    };
    match certificate.assignments {
        0 if certificate.points == 0 => entries,
        0 => format!("{entries}, {} points", certificate.points),
        n => format!("{entries}, {n} size assignments"),
    }
}
