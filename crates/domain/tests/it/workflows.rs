//! Workflows: read from two files that belong together, filled by path, and whole when they are sent.

use std::collections::BTreeSet;

use domain::catalog::{Catalog, SHIPPED};
use domain::workflow::{Filled, Values, Workflow, WrongFill, read_graph};
use serde_json::{Value, json};

pub const EDIT_TOML: &str = "name = \"edit\"
version = 1
seconds = 20
vram_gb = 24
output = \"9\"
models = [\"1.ckpt_name\"]

[inputs]
negative = [\"4.text\"]
photo = [\"2.image\"]
prefix = [\"9.filename_prefix\"]
prompt = [\"3.text\"]
seed = [\"6.seed\"]
steps = [\"6.steps\"]
denoise = [\"6.denoise\"]

[constants]
negative = \"blurred\"
steps = 20
denoise = 0.5
";

pub const EDIT_JSON: &str = r#"{
  "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd.safetensors"}},
  "2": {"class_type": "LoadImage", "inputs": {"image": "{photo}"}},
  "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "{prompt}", "clip": ["1", 1]}},
  "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "ugly", "clip": ["1", 1]}},
  "5": {"class_type": "VAEEncode", "inputs": {"pixels": ["2", 0], "vae": ["1", 2]}},
  "6": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 30, "cfg": 7.0,
    "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0, "model": ["1", 0],
    "positive": ["3", 0], "negative": ["4", 0], "latent_image": ["5", 0]}},
  "8": {"class_type": "VAEDecode", "inputs": {"samples": ["6", 0], "vae": ["1", 2]}},
  "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "ComfyUI"}}
}"#;

const VALUES: Values<'_> = Values { prompt: "a hat", seed: 7, steps: None, prefix: "gen_1" };

fn edit() -> Workflow {
    Workflow::read(EDIT_TOML, EDIT_JSON).expect("it is right")
}

fn shipped() -> Catalog {
    Catalog::read(SHIPPED).expect("it is right")
}

/// Nothing is left open, and every link leads to an output that is there.
#[track_caller]
pub fn is_whole(posted: &Value, output: &str) {
    let graph = read_graph(&posted.to_string()).expect("it is a graph");
    for (id, node) in &graph.nodes {
        for input in node.inputs.keys() {
            let value = node.value(input).and_then(Value::as_str).unwrap_or_default();
            assert!(!value.contains("{p"), "{id}.{input} is left open: {value}");
        }
    }
    let wrong: Vec<_> = graph
        .findings()
        .into_iter()
        // It has an example's name: that of the customer's photo.
        .filter(|it| it.is_wrong && !it.what.starts_with("it loads"))
        .map(|it| it.to_string())
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(graph.outputs(), [output]);
}

#[test]
fn values_are_set_by_their_paths_and_the_rest_stays() {
    let workflow = edit();
    assert_eq!(workflow.id(), "edit@1");
    assert_eq!(workflow.photos(), 1);
    let filled = workflow.fill(&Values { steps: Some(8), ..VALUES }, 1).expect("it fits");
    let at = |path: &str| filled.graph.pointer(path).cloned().expect("it is there");
    assert_eq!(at("/3/inputs/text"), "a hat");
    assert_eq!(at("/4/inputs/text"), "blurred", "a constant");
    assert_eq!(at("/6/inputs/seed"), 7);
    assert_eq!(at("/6/inputs/steps"), 8);
    assert_eq!(at("/6/inputs/denoise"), 0.5);
    assert_eq!(at("/6/inputs/cfg"), 7.0, "nobody named it");
    assert_eq!(at("/9/inputs/filename_prefix"), "gen_1");
    assert_eq!(at("/2/inputs/image"), "{photo}", "its name is the server's");
    assert_eq!(filled.images, [("2".to_owned(), "image".to_owned())]);
    assert_eq!(filled.output, "9");
    let model = json!({"class": "CheckpointLoaderSimple", "input": "ckpt_name",
        "file": "sd.safetensors"});
    assert_eq!(serde_json::to_value(&filled.models).expect("it is JSON"), json!([model]));
    let classes = ["CLIPTextEncode", "CheckpointLoaderSimple", "KSampler", "LoadImage"];
    assert_eq!(filled.nodes[..4], classes);
    assert_eq!(workflow, edit(), "the workflow itself stays");
    let steps = workflow.fill(&VALUES, 1).expect("it fits").graph;
    assert_eq!(steps.pointer("/6/inputs/steps"), Some(&json!(20)), "the workflow's own");
    let posted = filled.with_photos(&["up/one.png"]).expect("it fits");
    assert_eq!(posted.pointer("/2/inputs/image"), Some(&json!("up/one.png")));
    is_whole(&posted, "9");
    let sent = serde_json::to_string(&filled).expect("it is JSON");
    assert_eq!(serde_json::from_str::<Filled>(&sent).expect("as it was"), filled);
}

#[test]
fn what_a_customer_writes_stays_a_text() {
    for text in ["\"}, \"x\": {\"class_type\": \"Bad\"", "[\"9\", 0]", "{photo}", "\\u0000\n", "1"]
    {
        let filled = edit().fill(&Values { prompt: text, ..VALUES }, 1).expect("it fits");
        assert_eq!(filled.graph.pointer("/3/inputs/text"), Some(&json!(text)));
        let mut same = filled.graph.clone();
        same["3"]["inputs"]["text"] = json!("a hat");
        assert_eq!(same, edit().fill(&VALUES, 1).expect("it fits").graph, "and nothing else moves");
    }
}

#[test]
fn what_does_not_fit_is_not_filled() {
    let said = |workflow: &Workflow, values: Values<'_>, photos| {
        workflow.fill(&values, photos).expect_err("filled")
    };
    for photos in [0, 2, 3] {
        let wrong = WrongFill::Photos { takes: 1, given: photos };
        assert_eq!(said(&edit(), VALUES, photos), wrong);
    }
    let says = |it: WrongFill| it.to_string();
    let missing = said(&edit(), Values { prompt: "", ..VALUES }, 1);
    assert_eq!(missing, WrongFill::Missing("prompt".to_owned()));
    let long = "ж".repeat(1_501);
    let wrong = said(&edit(), Values { prompt: &long, ..VALUES }, 1);
    assert_eq!(says(wrong), "the prompt has 1501 characters of 1500");
    for steps in [0, 51, u32::MAX] {
        let wrong = said(&edit(), Values { steps: Some(steps), ..VALUES }, 1);
        assert_eq!(says(wrong), "the steps are from 1 to 50");
    }
    let long = "x".repeat(101);
    for prefix in ["", "../x", "a/b", "a b", "%date%", "a.b", "жж", &long] {
        let wrong = said(&edit(), Values { prefix, ..VALUES }, 1);
        assert_eq!(says(wrong), "the prefix is letters, digits, `-` and `_`, 100 at most");
    }
    let upscale = shipped().workflow("upscale@1").expect("it is there").clone();
    let bare = Values { prompt: "", ..VALUES };
    assert!(upscale.fill(&bare, 1).is_ok());
    assert_eq!(said(&upscale, VALUES, 1), WrongFill::Unknown("prompt".to_owned()));
    let steps = Values { steps: Some(4), ..bare };
    assert_eq!(said(&upscale, steps, 1), WrongFill::Unknown("steps".to_owned()));
    // A workflow that was put together in code, past the checks of its files.
    let mut linked = edit();
    linked.graph["6"]["inputs"]["seed"] = json!(["5", 0]);
    let says_kind =
        "`6.seed`, the seed, is a link or a list in the graph and would become a number";
    assert_eq!(says(said(&linked, VALUES, 1)), says_kind);
    let mut gone = edit();
    gone.graph["6"]["inputs"].as_object_mut().expect("it has inputs").remove("seed");
    assert_eq!(said(&gone, VALUES, 1), WrongFill::Missing("6.seed".to_owned()));
    let mut unsaid = edit();
    unsaid.constants.remove("denoise");
    assert_eq!(said(&unsaid, VALUES, 1), WrongFill::Missing("denoise".to_owned()));
    let filled = edit().fill(&VALUES, 1).expect("it fits");
    for names in [&[][..], &["a.png", "b.png"]] {
        let wrong = WrongFill::Photos { takes: 1, given: names.len() };
        assert_eq!(filled.with_photos(names), Err(wrong));
    }
}

#[track_caller]
fn toml_refused(from: &str, to: &str, says: &str) {
    assert!(EDIT_TOML.contains(from), "`{from}` isn't in it");
    let said = Workflow::read(&EDIT_TOML.replacen(from, to, 1), EDIT_JSON).expect_err("taken");
    assert!(matches!(said, domain::workflow::WrongWorkflow::Inputs(_)), "{said}");
    assert_eq!(said.to_string(), says);
}

#[test]
fn inputs_that_do_not_belong_to_the_graph_are_refused_with_their_line() {
    toml_refused("version = 1", "version = 0", "line 2: versions begin with 1");
    toml_refused("seconds = 20", "seconds = 0", "line 3: it takes from 1 to 900 seconds");
    toml_refused("seconds = 20", "seconds = 901", "line 3: it takes from 1 to 900 seconds");
    toml_refused("vram_gb = 24", "vram_gb = 0", "line 4: a card has from 1 to 256 GB");
    let says = "line 5: it isn't the node that saves the result";
    toml_refused("output = \"9\"", "output = \"8\"", says);
    let says = "line 6: `1.ckpt_name` loads sd.safetensors, and isn't named";
    toml_refused("models = [\"1.ckpt_name\"]", "models = []", says);
    let says = "line 6: `7.ckpt_name` names no file in the graph";
    toml_refused("\"1.ckpt_name\"", "\"1.ckpt_name\", \"7.ckpt_name\"", says);
    toml_refused("\"3.text\"", "\"3\"", "line 12: `3` isn't written `node.input`");
    toml_refused("\"3.text\"", "\"7.text\"", "line 12: there is no node `7`");
    toml_refused("\"3.text\"", "\"3.words\"", "line 12: `3.words` isn't in the graph");
    toml_refused("\"3.text\"", "\"3.clip\"", "line 12: `3.clip` is a link");
    toml_refused("\"3.text\"", "\"6.cfg\"", "line 12: `6.cfg` is 7.0, which can't be a prompt");
    toml_refused("\"6.seed\"", "\"6.cfg\"", "line 13: `6.cfg` is 7.0, which can't be a seed");
    toml_refused("\"3.text\"", "\"3.text\", \"3.text\"", "line 12: `3.text` is set twice");
    toml_refused("\"3.text\"", "\"4.text\"", "line 12: `4.text` is set twice");
    toml_refused("prompt = [\"3.text\"]", "prompt = []", "line 12: it is set nowhere");
    for name in ["photo", "prefix"] {
        let line = EDIT_TOML.lines().find(|it| it.starts_with(&format!("{name} ="))).expect("one");
        let says = format!("line 8: `{name}` is missing: each order has its own");
        toml_refused(line, "", &says);
    }
    let says = "line 8: `6.seed` differs with each order, and isn't named";
    toml_refused("seed = [\"6.seed\"]\n", "", says);
    let says = "line 10: `3.text` of a CLIPTextEncode: photos go into LoadImage, and alone";
    toml_refused("photo = [\"2.image\"]", "photo = [\"3.text\"]", says);
    let says = "line 15: it has no constant: what is it when nobody says?";
    toml_refused("denoise = 0.5\n", "", says);
    toml_refused(
        "denoise = 0.5",
        "seed = 5",
        "line 15: it has no constant: what is it when nobody says?",
    );
    let says = "line 13: each order has its own, so that it is no constant";
    toml_refused("denoise = 0.5", "denoise = 0.5\nseed = 5", says);
    toml_refused("denoise = 0.5", "denoise = 0.5\ncfg = 2", "line 21: no input is named so");
    let says =
        "line 15: `6.denoise`, the denoise, is a number in the graph and would become a text";
    toml_refused("denoise = 0.5", "denoise = \"half\"", says);
    let says = "line 7: without a second photo nothing is left out";
    toml_refused("\n[inputs]", "spare = [\"2\"]\n[inputs]", says);
    let said = Workflow::read(&EDIT_TOML.replace("vram_gb", "vram"), EDIT_JSON).expect_err("taken");
    assert!(said.to_string().contains("unknown field `vram`"), "{said}");
}

/// The name of an upload goes to one node; more are linked to that.
#[test]
fn a_photo_is_loaded_by_one_node() {
    let toml = EDIT_TOML.replace("[\"2.image\"]", "[\"2.image\", \"7.image\"]");
    let mask =
        "\"7\": {\"class_type\": \"LoadImageMask\", \"inputs\": {\"image\": \"{photo}\"}}, \"9\"";
    let said = Workflow::read(&toml, &EDIT_JSON.replace("\"9\"", mask)).expect_err("taken");
    assert_eq!(said.to_string(), "line 10: a photo is loaded by one node");
}

#[track_caller]
fn json_refused(from: &str, to: &str, says: &str) {
    assert!(EDIT_JSON.contains(from), "`{from}` isn't in it");
    let said = Workflow::read(EDIT_TOML, &EDIT_JSON.replacen(from, to, 1)).expect_err("taken");
    assert!(matches!(said, domain::workflow::WrongWorkflow::Graph(_)), "{said}");
    assert_eq!(said.to_string(), says);
}

#[test]
fn a_graph_that_cannot_be_run_for_a_customer_is_refused() {
    let says = "wrong: node `2`: it loads \"me.png\", an example: write \"{photo}\" in its place";
    json_refused("\"{photo}\"", "\"me.png\"", says);
    json_refused(
        "[\"8\", 0]",
        "[\"7\", 0]",
        "wrong: node `9`: `images` is linked to `7`, which isn't there",
    );
    let two = "\"PreviewImage\", \"inputs\": {\"images\": [\"8\", 0]}}, \"11\": {\"class_type\": \"SaveImage\"";
    let says =
        "wrong: several nodes leave a result (`10`, `9`): keep the one that is the customer's";
    json_refused(
        "\"9\": {\"class_type\": \"SaveImage\"",
        &format!("\"10\": {{\"class_type\": {two}").replace("\"11\"", "\"9\""),
        says,
    );
}

#[test]
fn the_two_files_of_a_workflow_belong_together() {
    let read = |files: &[(&str, &str)]| {
        Catalog::read(files.iter().copied()).map(drop).map_err(|it| it.to_string())
    };
    let (toml, json) = (("workflows/edit@1.toml", EDIT_TOML), ("workflows/edit@1.json", EDIT_JSON));
    assert_eq!(read(&[toml, json]), Ok(()));
    assert_eq!(read(&[json, toml]), Ok(()));
    let says = "catalog/workflows/edit@1.toml: its graph, the .json, is missing";
    assert_eq!(read(&[toml]), Err(says.to_owned()));
    let said = read(&[json]).expect_err("taken");
    assert!(said.starts_with("catalog/workflows/edit@1.json: its .toml is missing"), "{said}");
    let says = "catalog/workflows/edit@1.json: `edit@1` is there twice";
    assert_eq!(read(&[json, toml, json]), Err(says.to_owned()));
    let other = [("workflows/edit@2.toml", EDIT_TOML), ("workflows/edit@2.json", EDIT_JSON)];
    let says = "catalog/workflows/edit@2.toml: it is `edit@1` by what it says";
    assert_eq!(read(&other), Err(says.to_owned()));
    for name in ["edit", "edit@", "Edit@1", "@1", "edit@one", "edit@1@2"] {
        let said = read(&[(&format!("workflows/{name}.json"), EDIT_JSON)]).expect_err("taken");
        assert!(said.contains("a workflow's files are named name@version"), "{said}");
    }
    let said = read(&[("workflows/edit@1.yaml", "")]).expect_err("taken");
    assert!(said.ends_with("a workflow is a graph in JSON and its inputs in TOML"), "{said}");
    let wrong = EDIT_JSON.replace("\"{photo}\"", "\"me.png\"");
    let said = read(&[toml, ("workflows/edit@1.json", &wrong)]).expect_err("taken");
    assert!(said.starts_with("catalog/workflows/edit@1.json: wrong: node `2`"), "{said}");
}

#[test]
fn the_shipped_workflows_need_nothing_but_what_comfyui_has() {
    let catalog = shipped();
    let names: Vec<_> = catalog.workflows.iter().map(Workflow::id).collect();
    assert_eq!(names, ["background@1", "qwen-edit@1", "qwen-edit-two@1", "restore@1", "upscale@1"]);
    for workflow in &catalog.workflows {
        let graph = read_graph(&workflow.graph.to_string()).expect("it is a graph");
        let found: Vec<_> = graph.findings().iter().map(ToString::to_string).collect();
        assert_eq!(found, Vec::<String>::new(), "{}: no custom nodes, nothing idle", workflow.id());
        let files: BTreeSet<_> = workflow.models.iter().map(|it| it.file.as_str()).collect();
        assert_eq!(files.len(), workflow.models.len(), "{}", workflow.id());
        let prompt = if workflow.inputs.contains_key("prompt") { "a hat" } else { "" };
        let filled = workflow.fill(&Values { prompt, ..VALUES }, workflow.photos()).expect("fits");
        let names = ["one.png", "two.png"];
        is_whole(&filled.with_photos(&names[..workflow.photos()]).expect("fits"), &filled.output);
    }
    let of = |id: &str| catalog.workflow(id).map(Workflow::photos);
    assert_eq!((of("qwen-edit@1"), of("qwen-edit-two@1")), (Some(1), Some(2)));
}

#[test]
fn without_a_second_photo_what_is_spare_is_left_out() {
    let catalog = shipped();
    let two = catalog.workflow("qwen-edit-two@1").expect("it is there");
    let filled = two.fill(&VALUES, 2).expect("it fits");
    let images: Vec<_> = filled.images.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(images, ["photo", "photo2"], "in their order");
    assert!(filled.graph.pointer("/positive/inputs/image2").is_some());
    let filled = two.fill(&VALUES, 1).expect("it fits");
    assert_eq!(filled.images, [("photo".to_owned(), "image".to_owned())]);
    assert!(filled.graph.get("photo2").is_none() && filled.graph.get("scaled2").is_none());
    assert!(filled.graph.pointer("/positive/inputs/image2").is_none());
    assert!(filled.graph.pointer("/positive/inputs/image1").is_some());
    assert!(!filled.nodes.contains(&"ImageScaleToTotalPixels".to_owned()), "nor is it wanted");
    is_whole(&filled.with_photos(&["one.png"]).expect("fits"), "save");
    let strict = Workflow { spare: Vec::new(), ..two.clone() };
    assert_eq!(strict.fill(&VALUES, 1), Err(WrongFill::Photos { takes: 2, given: 1 }));
    let text = |name: &str| SHIPPED.iter().find(|it| it.0 == name).expect("shipped").1;
    let (toml, json) =
        (text("workflows/qwen-edit-two@1.toml"), text("workflows/qwen-edit-two@1.json"));
    for (spare, says) in [
        ("[\"scaled2\"]", "`photo2` loads the second photo, and isn't left out"),
        ("[\"photo2\", \"none\"]", "there is no node `none`"),
        ("[\"photo2\", \"save\"]", "`save` can't be left out: something of it is wanted"),
        ("[\"photo2\", \"sampler\"]", "`sampler` can't be left out: something of it is wanted"),
    ] {
        let toml = toml.replace("[\"photo2\", \"scaled2\"]", spare);
        let said = Workflow::read(&toml, json).expect_err("taken").to_string();
        assert!(said.ends_with(says), "{said}");
    }
}
