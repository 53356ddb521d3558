//! Model files that are what they say, and others.

use media::safetensors::{Limits, check};

/// A file with this header and so many bytes after it.
fn file(header: &str, bytes: usize) -> Vec<u8> {
    let length = (header.len() as u64).to_le_bytes();
    [length.as_slice(), header.as_bytes(), &vec![0; bytes]].concat()
}

fn verdict(file: &[u8]) -> String {
    match check(file, file.len() as u64, &Limits::default()) {
        Ok(facts) => format!("{} tensors, {} bytes", facts.tensors, facts.bytes),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|it| format!(": {it}"));
            format!("{error}{}", cause.unwrap_or_default())
        }
    }
}

#[track_caller]
fn expect(header: &str, bytes: usize, expected: &str) {
    assert_eq!(verdict(&file(header, bytes)), expected);
}

const TWO: &str = r#"{"__metadata__":{"format":"pt"},
    "b":{"dtype":"BF16","shape":[2,3],"data_offsets":[8,20]},
    "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;

#[test]
fn a_model_is_what_it_says() {
    expect(TWO, 20, "2 tensors, 20 bytes");
    expect(
        r#"{"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]},
            "e":{"dtype":"I8","shape":[0,7],"data_offsets":[8,8]}}   "#,
        8,
        "2 tensors, 8 bytes",
    );
}

#[test]
fn files_of_another_length() {
    expect(TWO, 19, "the tensors end at 20 of 19 bytes");
    expect(TWO, 21, "the tensors end at 20 of 21 bytes");
}

#[test]
fn headers_that_lie() {
    expect("{}", 0, "the model file has no tensors");
    expect(r#"{"__metadata__":{}}"#, 0, "the model file has no tensors");
    expect(
        r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        8,
        r#"the tensor "a" has bytes of another one, or leaves some out"#,
    );
    expect(
        r#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},
            "b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
        6,
        r#"the tensor "b" has bytes of another one, or leaves some out"#,
    );
    for (header, cause) in [
        (r#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "another size"),
        (r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "another size"),
        (
            r#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#,
            "another size",
        ),
        (r#"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#, "unknown variant `F31`"),
        (r#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "invalid value"),
        (r#"{"a":1}"#, "invalid type"),
        ("[]", "invalid type: sequence"),
        (r#"{"a":"#, "EOF"),
        (
            r#"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},
                "a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#,
            "is there twice",
        ),
    ] {
        let verdict = verdict(&file(header, 8));
        assert!(verdict.starts_with("the header of the model file makes no sense"), "{verdict}");
        assert!(verdict.contains(cause), "{verdict}");
    }
}

#[test]
fn files_of_another_kind() {
    assert_eq!(verdict(b""), "the model file ends inside its header");
    assert_eq!(verdict(b"short"), "the model file ends inside its header");
    let page = verdict(b"<!DOCTYPE html><html>The link has expired</html>");
    assert!(page.starts_with("the header of the model file can't have"), "{page}");
    let huge = [(1_u64 << 40).to_le_bytes().as_slice(), b"{}"].concat();
    let wrong =
        check(huge.as_slice(), 2 << 40, &Limits { bytes_max: 4 << 40, ..Default::default() });
    assert!(wrong.unwrap_err().to_string().contains("can't have 1099511627776 bytes"));
}

#[test]
fn a_file_that_ends_before_its_length() {
    let whole = file(TWO, 20);
    let wrong = check(&whole[..40], whole.len() as u64, &Limits::default());
    assert_eq!(wrong.unwrap_err().to_string(), "the model file ends inside its header");
}

#[test]
fn a_file_over_the_limit() {
    let limits = Limits { bytes_max: 10, ..Default::default() };
    let wrong = check(file(TWO, 20).as_slice(), 200, &limits);
    assert!(wrong.unwrap_err().to_string().contains("more than are taken"));
}
