//! Values by which the body of a function can be replaced, from the type it returns.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericArgument, Path, PathArguments, Type};

/// At most so many values for a tuple.
const MOST: usize = 4;

/// Some values of a type; those of a type that is not known by name may not compile.
pub fn values(of: &Type) -> Vec<TokenStream> {
    match of {
        Type::Paren(inner) => values(&inner.elem),
        Type::Group(inner) => values(&inner.elem),
        Type::Tuple(tuple) if tuple.elems.is_empty() => vec![quote!(())],
        Type::Tuple(tuple) => {
            let mut rows: Vec<Vec<TokenStream>> = vec![Vec::new()];
            for part in &tuple.elems {
                let found = values(part);
                let longer = |row: &Vec<TokenStream>, value: &TokenStream| {
                    [row.as_slice(), std::slice::from_ref(value)].concat()
                };
                rows = rows.iter().flat_map(|row| found.iter().take(2).map(|value| longer(row, value))).collect();
                rows.truncate(MOST);
            }
            rows.into_iter().map(|row| quote!((#(#row),*))).collect()
        }
        Type::Path(path) => named(&path.path),
        Type::Reference(reference) if reference.mutability.is_none() => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => vec![quote!(""), quote!("xyzzy")],
            Type::Slice(slice) => {
                let one = values(&slice.elem).into_iter().take(1).map(|value| quote!(Vec::leak(vec![#value])));
                std::iter::once(quote!(&[])).chain(one).collect()
            }
            inner => values(inner).into_iter().map(|value| quote!(Box::leak(Box::new(#value)))).collect(),
        },
        _ => Vec::new(),
    }
}

fn named(path: &Path) -> Vec<TokenStream> {
    let Some(last) = path.segments.last() else { return Vec::new() };
    let mut arguments: Vec<&Type> = Vec::new();
    if let PathArguments::AngleBracketed(generics) = &last.arguments {
        arguments.extend(generics.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(given) => Some(given),
            _ => None,
        }));
    }
    let wrapped =
        |of: &Type, wrap: fn(TokenStream) -> TokenStream| values(of).into_iter().map(wrap).collect::<Vec<_>>();
    match (last.ident.to_string().as_str(), arguments.as_slice()) {
        ("bool", _) => vec![quote!(true), quote!(false)],
        ("String", _) => vec![quote!(String::new()), quote!("xyzzy".into())],
        ("u8" | "u16" | "u32" | "u64" | "u128" | "usize", _) => vec![quote!(0), quote!(1)],
        ("i8" | "i16" | "i32" | "i64" | "i128" | "isize", _) => vec![quote!(0), quote!(1), quote!(-1)],
        ("f32" | "f64", _) => vec![quote!(0.0), quote!(1.0), quote!(-1.0)],
        ("Option", [of]) => [vec![quote!(None)], wrapped(of, |value| quote!(Some(#value)))].concat(),
        ("Result", [of] | [of, _]) => wrapped(of, |value| quote!(Ok(#value))),
        ("Vec", [of]) => [vec![quote!(vec![])], wrapped(of, |value| quote!(vec![#value]))].concat(),
        ("Box", [of]) => wrapped(of, |value| quote!(Box::new(#value))),
        ("Rc", [of]) => wrapped(of, |value| quote!(::std::rc::Rc::new(#value))),
        ("Ordering", _) => Vec::new(),
        ("Result" | "Read", _) => vec![quote!(Ok(Default::default()))],
        _ => vec![quote!(Default::default())],
    }
}
