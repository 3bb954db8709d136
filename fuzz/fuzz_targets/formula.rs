//! See `backprose_fuzz::formula`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backprose_fuzz::formula(data));
