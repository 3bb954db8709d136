//! Times of judging what a class hands in: `cargo bench --bench tally`. With `-- --write DIR COUNT` the
//! submissions are written into a folder instead, for `backprose check DIR --against … --format csv`.

mod class;

use backprose::answers::{Detail, Grader, Mapping};
use backprose::language::parse::parse_file;
use backprose::language::syntax::{File, Homework, Item};
use divan::Bencher;
use mimalloc::MiMalloc;

/// The allocator of the command line.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const HOMEWORK: &str = include_str!("../examples/homework2.bp");

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--write") {
        Some(place) => {
            let (folder, count) = (&arguments[place + 1], arguments[place + 2].parse().unwrap());
            std::fs::create_dir_all(folder).unwrap();
            for number in 0..count {
                std::fs::write(format!("{folder}/{number:05}.md"), class::submission(number)).unwrap();
            }
        }
        None => divan::main(),
    }
}

fn homework(file: &File) -> &Homework {
    file.items.iter().find_map(|item| if let Item::Homework(homework) = item { Some(homework) } else { None }).unwrap()
}

/// Submissions one after the other, in one thread; with verdicts alone, or with all there is to say.
#[divan::bench(args = [Detail::Verdicts, Detail::Full], sample_count = 3)]
fn judge_a_class(bencher: Bencher, detail: Detail) {
    let file = parse_file(HOMEWORK).unwrap();
    let (homework, mapping) = (homework(&file), Mapping::default());
    let texts: Vec<String> = (0..300).map(class::submission).collect();
    bencher.bench_local(|| {
        let mut grader = Grader::new(homework, 1, &mapping, detail).unwrap();
        texts.iter().map(|text| grader.judge(text).unwrap().entries.len()).sum::<usize>()
    });
}
