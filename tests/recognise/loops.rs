//! Textbook definitions as loops: indices start at 0, reads outside an array are 0.

use backprose::evaluate::{Instance, Scalar};
use backprose::integer::Index;
use backprose::model::{Quote, Term};
use backprose::recognise::{
    Contraction, Form, Matrix, Move, Operation, OperationKind, Running, Slide, Sliding, Source, WindowKind, Windows,
};

/// Numbers in a box, row-major.
pub struct Array {
    pub lengths: Vec<i64>,
    pub first: Vec<i64>,
    pub data: Vec<Scalar>,
}

impl Array {
    pub fn tabulate(axes: &[(i64, i64)], entry: &mut dyn FnMut(&[i64]) -> Scalar) -> Array {
        let mut places: Vec<Vec<i64>> = vec![Vec::new()];
        for (lo, hi) in axes {
            places = places.iter().flat_map(|p| (*lo..=*hi).map(move |i| [p.as_slice(), &[i]].concat())).collect();
        }
        Array {
            lengths: axes.iter().map(|(lo, hi)| hi - lo + 1).collect(),
            first: axes.iter().map(|(lo, _)| *lo).collect(),
            data: places.iter().map(|p| entry(p)).collect(),
        }
    }

    fn zeros(lengths: &[i64]) -> Array {
        Array {
            lengths: lengths.to_vec(),
            first: vec![0; lengths.len()],
            data: vec![Scalar::ZERO; lengths.iter().product::<i64>() as usize],
        }
    }

    fn at(&self, place: &[i64]) -> Scalar {
        let inside = place.iter().zip(&self.lengths).all(|(i, n)| *i >= 0 && i < n);
        if inside { self.data[self.offset(place)] } else { Scalar::ZERO }
    }

    fn offset(&self, place: &[i64]) -> usize {
        place.iter().zip(&self.lengths).fold(0, |o, (i, n)| o * n + i) as usize
    }

    fn add(&mut self, place: &[i64], value: Scalar) {
        if place.iter().zip(&self.lengths).all(|(i, n)| *i >= 0 && i < n) {
            let offset = self.offset(place);
            self.data[offset] = self.data[offset] + value;
        }
    }
}

/// The name under which an operation is counted.
pub fn family(operation: &Operation) -> String {
    match &operation.kind {
        OperationKind::Sliding(s) if s.axes[0].modulus.is_some() => format!("Circular {:?}", s.slide),
        OperationKind::Sliding(s) => format!("{:?}", s.slide),
        OperationKind::Windows(w) => format!("{:?}", w.kind),
        OperationKind::Rearrangement(r) => match &r.moves[0] {
            Move::Repetition(_) => "RepetitionMove".into(),
            other => format!("{other:?}").split('(').next().unwrap().to_string(),
        },
        OperationKind::Selection(s) => if s.gathers { "Gather" } else { "Scatter" }.into(),
        OperationKind::Running(r) => if r.from_first { "Prefix" } else { "Suffix" }.into(),
        OperationKind::Contraction(c) => format!("{:?}", c.form).replace("Some(", "").split('(').next().unwrap().into(),
        OperationKind::Pattern(_) => "Pattern".into(),
    }
}

/// The operation performed, as large as the array `like`; none if no definition is here for it.
pub fn perform(operation: &Operation, instance: &Instance, like: &Array) -> Option<Array> {
    let number = |e: &Index| {
        let formula = instance.compile_integer(&Quote::plain().index(e), &[]).unwrap();
        instance.evaluate_integer(&formula, &[]).unwrap() as i64
    };
    let factors: Vec<Array> = operation.wiring.factors.iter().map(|f| array(instance, &f.source)).collect();
    let scale = Quote::plain().formula(&Term::product(operation.wiring.scale.iter().cloned()));
    let scale = instance.evaluate(&instance.compile(&scale, &[]).unwrap(), &[]).unwrap();
    let length = like.lengths.first().copied().unwrap_or(1);
    let simple = factors.iter().all(|f| f.lengths.len() == 1) && like.lengths.len() == 1;
    let mut out = match &operation.kind {
        OperationKind::Sliding(s) if simple => slide(s, &factors[s.input], &factors[s.kernel], length, &number),
        OperationKind::Windows(w) if w.axes.len() == 1 => windows(operation, w, &factors[0], like, &number)?,
        OperationKind::Rearrangement(r) if r.moves.len() == 1 && !r.part => {
            rearranged(&r.moves[0], &factors[0], like, &number)?
        }
        OperationKind::Selection(s) => selected(operation, s.gathers, instance, &factors[0], like),
        OperationKind::Running(r) => running(r, &factors[0], length),
        OperationKind::Contraction(c) => contracted(operation, c, &factors, like)?,
        _ => return None,
    };
    let mean = matches!(&operation.kind, OperationKind::Windows(w) if w.mean);
    if mean {
        let OperationKind::Windows(w) = &operation.kind else { unreachable!() };
        let taps = number(&operation.wiring.wires[w.axes[0].tap].length());
        let taps = (0..taps).fold(Scalar::ZERO, |n, _| n + Scalar::ONE);
        assert_eq!(scale * taps, Scalar::ONE);
    }
    out.data.iter_mut().for_each(|entry| *entry = *entry * scale);
    Some(out)
}

fn array(instance: &Instance, source: &Source) -> Array {
    let axes = instance.axes(source.array()).unwrap();
    Array::tabulate(axes, &mut |at| match source {
        Source::Array(name) => instance.entry(name, at).unwrap(),
        Source::Upstream(output) => instance.upstream(output, at).unwrap(),
    })
}

fn slide(s: &Sliding, x: &Array, w: &Array, length: i64, number: &dyn Fn(&Index) -> i64) -> Array {
    let axis = &s.axes[0];
    let [stride, dilation, padding] = [&axis.stride, &axis.dilation, &axis.padding].map(number);
    let taps = w.lengths[0];
    let mut out = Array::zeros(&[length]);
    if let Some(modulus) = &axis.modulus {
        let n = number(modulus);
        for r in 0..if s.slide == Slide::Correlation { length } else { n } {
            for i in 0..taps {
                match s.slide {
                    Slide::Correlation => out.add(&[r], x.at(&[(r + i + padding).rem_euclid(n)]) * w.at(&[i])),
                    _ => out.add(&[(r + i + padding).rem_euclid(n)], x.at(&[r]) * w.at(&[i])),
                }
            }
        }
        return out;
    }
    let windows = if s.slide == Slide::Transposed { x.lengths[0] } else { length };
    for r in 0..windows {
        for i in 0..taps {
            let straight = stride * r + dilation * i - padding;
            let flipped = stride * r + dilation * (taps - 1 - i) - padding;
            match s.slide {
                Slide::Correlation => out.add(&[r], x.at(&[straight]) * w.at(&[i])),
                Slide::Convolution => out.add(&[r], x.at(&[flipped]) * w.at(&[i])),
                Slide::Transposed => out.add(&[straight], x.at(&[r]) * w.at(&[i])),
            }
        }
    }
    out
}

fn windows(op: &Operation, w: &Windows, x: &Array, like: &Array, number: &dyn Fn(&Index) -> i64) -> Option<Array> {
    let axis = &w.axes[0];
    let wires = &op.wiring.wires;
    let [stride, dilation, padding] =
        [axis.stride.clone(), axis.dilation.clone(), axis.padding(wires)].map(|e| number(&e));
    let [count, taps] = [axis.window, axis.tap].map(|k| number(&wires[k].length()));
    let mut out = Array::zeros(&like.lengths);
    if !w.others.is_empty() {
        return None;
    }
    if w.kind == WindowKind::Repetition {
        (0..like.lengths[0]).for_each(|i| out.add(&[i], x.at(&[i / taps])));
        return Some(out);
    }
    for r in 0..count {
        for t in 0..taps {
            let place = stride * r + dilation * t - padding;
            match w.kind {
                WindowKind::Pooling => out.add(&[r], x.at(&[place])),
                WindowKind::Spreading => out.add(&[place], x.at(&[r])),
                WindowKind::Unfolding => out.add(&[r, t], x.at(&[place])),
                WindowKind::Folding => out.add(&[place], x.at(&[r, t])),
                WindowKind::Repetition => {}
            }
        }
    }
    Some(out)
}

fn rearranged(one: &Move, x: &Array, like: &Array, number: &dyn Fn(&Index) -> i64) -> Option<Array> {
    let (n, length) = (x.lengths[0], like.lengths[0]);
    let from = |place: &dyn Fn(i64) -> i64| {
        let mut out = Array::zeros(&[length]);
        (0..length).for_each(|i| out.add(&[i], x.at(&[place(i)])));
        out
    };
    let some = |place: &dyn Fn(i64, i64) -> i64| {
        (0..n.max(length)).map(|c| from(&|i| place(i, c))).find(|out| out.data == like.data)
    };
    Some(match one {
        Move::Shift(_, shift) => {
            let shift = number(shift);
            from(&|i| i + like.first[0] + shift - x.first[0])
        }
        Move::Pad(_, [before, after]) => {
            let (before, after) = (number(before), number(after));
            assert_eq!(length, before + n + after);
            from(&|i| i - before)
        }
        Move::Crop(_, [before, after]) => {
            let (before, after) = (number(before), number(after));
            assert_eq!(length, n - before - after);
            from(&|i| i + before)
        }
        Move::Reversal(_) => from(&|i| n - 1 - i),
        Move::Roll(_, shift) => {
            let shift = number(shift);
            from(&|i| (i + shift).rem_euclid(n))
        }
        Move::RollBack(_) => some(&|i, c| (c - i).rem_euclid(n))?,
        Move::Repetition(_) => some(&|i, c| (i + c) % n)?,
        Move::Subsampling(_, step) => {
            let step = number(step);
            some(&|i, c| step * i + c)?
        }
        Move::Insertion(_, step) => {
            let step = number(step);
            some(&|i, c| if (i - c) % step == 0 { (i - c) / step } else { -1 })?
        }
        Move::Merge(..) | Move::Split(..) => Array { data: x.data.clone(), ..Array::zeros(&like.lengths) },
    })
}

fn selected(op: &Operation, gathers: bool, instance: &Instance, x: &Array, like: &Array) -> Array {
    let OperationKind::Selection(s) = &op.kind else { unreachable!() };
    let (lo, hi) = instance.axes(&s.lookup.data).unwrap()[0];
    let rows: Vec<i64> = (lo..=hi).map(|t| instance.integer_entry(&s.lookup.data, &[t]).unwrap() - 1).collect();
    let mut out = Array::zeros(&like.lengths);
    for (t, row) in rows.iter().enumerate() {
        for c in 0..like.lengths[1] {
            let t = t as i64;
            if gathers { out.add(&[t, c], x.at(&[*row, c])) } else { out.add(&[*row, c], x.at(&[t, c])) }
        }
    }
    out
}

fn running(r: &Running, x: &Array, length: i64) -> Array {
    // an exclusive sum over N − 1 output places of N, or over all N places of N − 1
    let mut out = Array::zeros(&[length]);
    let n = x.lengths[0];
    for i in 0..length {
        for k in 0..n {
            let meets = match (r.from_first, r.exclusive, length < n) {
                (true, false, _) => k <= i,
                (false, false, _) => k >= i,
                (true, true, true) => k <= i,
                (true, true, false) => k < i,
                (false, true, true) => k > i + 1,
                (false, true, false) => k >= i,
            };
            if meets {
                out.add(&[i], x.at(&[k]));
            }
        }
    }
    out
}

/// A matrix: rows, columns, entries.
type Table = (i64, i64, Vec<Scalar>);

fn table(array: &Array, turned: bool) -> Table {
    let (rows, columns) = (array.lengths.first().copied().unwrap_or(1), array.lengths.get(1).copied().unwrap_or(1));
    let entry = |i: i64, j: i64| array.data[(i * columns + j) as usize];
    match turned {
        false => (rows, columns, array.data.clone()),
        true => (
            columns,
            rows,
            (0..columns).flat_map(|j| (0..rows).map(move |i| (i, j))).map(|(i, j)| entry(i, j)).collect(),
        ),
    }
}

fn times(a: &Table, b: &Table) -> Table {
    assert_eq!(a.1, b.0);
    let entry = |i: i64, j: i64| {
        (0..a.1).fold(Scalar::ZERO, |sum, k| sum + a.2[(i * a.1 + k) as usize] * b.2[(k * b.1 + j) as usize])
    };
    let places = (0..a.0).flat_map(|i| (0..b.1).map(move |j| (i, j)));
    (a.0, b.1, places.map(|(i, j)| entry(i, j)).collect())
}

fn contracted(op: &Operation, c: &Contraction, factors: &[Array], like: &Array) -> Option<Array> {
    let find = |source: &Source| &factors[op.wiring.factors.iter().position(|f| f.source == *source).unwrap()];
    let matrix = |m: &Matrix| table(find(&m.source), m.transposed && !m.vector);
    let vector = |source: &Source| table(find(source), false);
    let row = |source: &Source| table(find(source), true);
    let square = |i: i64, j: i64, n: i64| (i * n + j) as usize;
    let data = match c.form.as_ref()? {
        Form::Product(a, b) if b.vector || !a.vector => times(&matrix(a), &matrix(b)).2,
        Form::Outer(a, b) => times(&vector(a), &row(b)).2,
        Form::Inner(a, b) => times(&row(a), &vector(b)).2,
        Form::Bilinear(a, m, b) => times(&times(&row(a), &matrix(m)), &vector(b)).2,
        Form::Elementwise(..) => factors[0].data.iter().zip(&factors[1].data).map(|(a, b)| *a * *b).collect(),
        Form::Itself(m) => matrix(m).2,
        Form::Trace(a) => {
            let a = find(a);
            vec![(0..a.lengths[0]).fold(Scalar::ZERO, |sum, i| sum + a.at(&[i, i]))]
        }
        Form::Diagonal(a) => (0..like.lengths[0]).map(|i| find(a).at(&[i, i])).collect(),
        Form::DiagonalMatrix(a) => {
            let n = like.lengths[0];
            let mut data = vec![Scalar::ZERO; (n * n) as usize];
            (0..n).for_each(|i| data[square(i, i, n)] = find(a).at(&[i]));
            data
        }
        Form::Product(..) | Form::AxisSum(_) => return None,
    };
    Some(Array { data, ..Array::zeros(&like.lengths) })
}
