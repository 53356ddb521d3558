//! What is said of a graph that an operator brings: by itself, by a server's classes, and which of its
//! inputs is what.

use domain::catalog::{Catalog, SHIPPED};
use domain::workflow::{Classes, Workflow, against, placed, propose, read_graph};
use serde_json::{Value, json};

use crate::workflows::{EDIT_JSON, EDIT_TOML};

/// What a server says of the classes of [`EDIT_JSON`], in the ways of older and newer ones.
fn classes() -> Value {
    json!({
        "CheckpointLoaderSimple": {"input": {"required": {"ckpt_name": [["other.safetensors",
            "sd.safetensors"], {"tooltip": "x"}]}}, "output": ["MODEL", "CLIP", "VAE"]},
        "LoadImage": {"input": {"required": {"image": [["a.png"], {"image_upload": true}]}},
            "output": ["IMAGE", "MASK"]},
        "CLIPTextEncode": {"input": {"required": {"text": ["STRING", {"multiline": true}],
            "clip": ["CLIP"]}}, "output": ["CONDITIONING"]},
        "VAEEncode": {"input": {"required": {"pixels": ["IMAGE"], "vae": ["VAE"]}},
            "output": ["LATENT"]},
        "KSampler": {"input": {"required": {
            "seed": ["INT", {"min": 0, "max": 18_446_744_073_709_551_615_u64}],
            "steps": ["INT", {"min": 1, "max": 10_000}], "cfg": ["FLOAT", {"min": 0.0, "max": 100.0}],
            "sampler_name": ["COMBO", {"options": ["euler", "heun"]}],
            "scheduler": [["normal", "simple"]], "denoise": ["FLOAT", {"min": 0.0, "max": 1.0}],
            "model": ["MODEL"], "positive": ["CONDITIONING"], "negative": ["CONDITIONING"],
            "latent_image": ["LATENT"]}}, "output": ["LATENT"]},
        "VAEDecode": {"input": {"required": {"samples": ["LATENT"], "vae": ["VAE"]},
            "optional": {"tiled": ["BOOLEAN", {}], "grows": ["COMFY_AUTOGROW_V3", {}]}},
            "output": ["IMAGE"]},
        "SaveImage": {"input": {"required": {"images": ["IMAGE"], "filename_prefix": ["STRING"]},
            "hidden": {"prompt": "PROMPT"}}, "output": [], "output_node": true},
    })
}

/// What is found in the graph of the tests with `from` made `to`.
#[track_caller]
fn found(from: &str, to: &str) -> Vec<String> {
    assert!(EDIT_JSON.contains(from), "`{from}` isn't in it");
    let graph = read_graph(&EDIT_JSON.replacen(from, to, 1)).expect("it is a graph");
    graph.findings().iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_no_graph_is_said_to_be_what_it_is() {
    let said = |text: &str| read_graph(text).expect_err("it was taken");
    assert!(said("{\"1\": }").starts_with("it isn't JSON: expected value at line 1 column 7"));
    assert!(said("[]").starts_with("a graph is an object"));
    assert_eq!(said("{}"), "it has no nodes");
    let drawing = r#"{"nodes": [{"id": 1, "type": "KSampler"}], "links": [], "version": 0.4}"#;
    assert!(said(drawing).contains("choose Workflow, then Export (API)"), "{}", said(drawing));
    let posted = format!("{{\"prompt\": {EDIT_JSON}, \"client_id\": \"x\"}}");
    assert!(said(&posted).contains("the graph is what is below `prompt`"));
    assert_eq!(said(r#"{"1": 5}"#), "node `1` is no object");
    assert_eq!(said(r#"{"1": {"inputs": {}}}"#), "node `1` has no `class_type`");
    for class in ["\"\"", "7"] {
        let text = format!("{{\"1\": {{\"class_type\": {class}, \"inputs\": {{}}}}}}");
        assert_eq!(said(&text), "node `1` has no text as its `class_type`");
    }
    assert_eq!(said(r#"{"1": {"class_type": "A"}}"#), "node `1` has no `inputs`");
}

#[test]
fn a_graph_is_judged_without_a_server() {
    let nothing: [&str; 0] = [];
    assert_eq!(found("{photo}", "{photo}"), nothing, "an ordinary graph");
    let says =
        "wrong: node `2`: it loads \"example.png\", an example: write \"{photo}\" in its place";
    assert_eq!(found("{photo}", "example.png"), [says]);
    let says = "wrong: node `9`: `images` is linked to `88`, which isn't there";
    assert_eq!(found("[\"8\", 0]", "[\"88\", 0]"), [says]);
    let says = "wrong: node `4`: `clip` is linked to output 3 of `1`, and a CheckpointLoaderSimple \
                has 3";
    assert_eq!(found("\"ugly\", \"clip\": [\"1\", 1]", "\"ugly\", \"clip\": [\"1\", 3]"), [says]);
    let says = "wrong: node `6`: its links go round in a circle: such a graph never ends";
    assert_eq!(found("[\"5\", 0]", "[\"6\", 0]"), [says]);
    assert_eq!(found("[\"5\", 0]", "[\"8\", 0]"), [says], "also by way of another");
    let says = "wrong: no node saves a result, such as SaveImage";
    assert_eq!(found("SaveImage", "ImageInvert"), [says]);
    let two =
        "\"7\": {\"class_type\": \"PreviewImage\", \"inputs\": {\"images\": [\"8\", 0]}}, \"9\"";
    let says =
        "wrong: several nodes leave a result (`7`, `9`): keep the one that is the customer's";
    assert_eq!(found("\"9\"", two), [says]);
    let compares = two.replace("PreviewImage", "Image Comparer (rgthree)");
    let custom = "note: node `7`: `Image Comparer (rgthree)` is none of ComfyUI's own: each server \
                  must have it";
    assert_eq!(found("\"9\"", &compares), [says, custom], "what is wrong comes first");
    let custom =
        "note: node `8`: `VAEDecodeBetter` is none of ComfyUI's own: each server must have it";
    assert_eq!(found("VAEDecode", "VAEDecodeBetter"), [custom]);
    let both = EDIT_JSON.replace("CheckpointLoaderSimple", "Better").replace("{photo}", "me.png");
    let both = read_graph(&both).expect("it is a graph").findings();
    let order: Vec<_> = both.iter().map(|it| (it.node.as_deref(), it.is_wrong)).collect();
    assert_eq!(order, [(Some("2"), true), (Some("1"), false)]);
    let idle =
        "\"7\": {\"class_type\": \"ImageInvert\", \"inputs\": {\"image\": [\"8\", 0]}}, \"9\"";
    let says = "note: node `7`: nothing of it reaches the output, and a server must know it all the \
                same";
    assert_eq!(found("\"9\"", idle), [says]);
}

/// What a server would say of the graph with `from` made `to`.
#[track_caller]
fn answered(from: &str, to: &str) -> Vec<String> {
    assert!(EDIT_JSON.contains(from), "`{from}` isn't in it");
    let graph = read_graph(&EDIT_JSON.replacen(from, to, 1)).expect("it is a graph");
    let classes = Classes::read(&classes().to_string()).expect("it is what a server says");
    against(&graph, &classes).iter().map(ToString::to_string).collect()
}

#[test]
fn a_graph_is_judged_by_what_a_server_knows() {
    let nothing: [&str; 0] = [];
    assert_eq!(answered("{photo}", "{photo}"), nothing, "the photo's place is no missing file");
    for (from, to, says) in [
        ("\"VAEDecode\"", "\"Better\"", "8`: the server doesn't know `Better`"),
        (
            "\"sd.safe",
            "\"xl.safe",
            "1`: `ckpt_name` names \"xl.safetensors\": the server has no such file",
        ),
        (
            "\"euler\"",
            "\"eular\"",
            "6`: `sampler_name` is \"eular\", and the server takes \"euler\", \"heun\"",
        ),
        ("\"normal\"", "7", "6`: `scheduler` is 7, and the server takes \"normal\", \"simple\""),
        ("\"steps\": 30", "\"steps\": 0", "6`: `steps` is 0, and 1 is the least"),
        ("\"steps\": 30", "\"steps\": 10001", "6`: `steps` is 10001, and 10000 is the most"),
        ("\"steps\": 30", "\"steps\": 4.5", "6`: `steps` is 4.5, and a whole number is wanted"),
        (
            "\"steps\": 30",
            "\"steps\": \"30\"",
            "6`: `steps` is \"30\", and a whole number is wanted",
        ),
        ("\"denoise\": 1.0", "\"denoise\": 1.1", "6`: `denoise` is 1.1, and 1.0 is the most"),
        ("\"cfg\": 7.0", "\"cfg\": true", "6`: `cfg` is true, and a number is wanted"),
        ("\"cfg\": 7.0,", "", "6`: `cfg` is missing, and KSampler needs it"),
        ("\"ugly\"", "5", "4`: `text` is 5, and a text is wanted"),
        ("[\"6\", 0]", "[\"6\", 0], \"tiled\": 1", "8`: `tiled` is 1, and true or false is wanted"),
        (
            "\"pixels\": [\"2\", 0]",
            "\"pixels\": \"me.png\"",
            "5`: `pixels` is \"me.png\", and a link to IMAGE is wanted",
        ),
        (
            "\"pixels\": [\"2\", 0]",
            "\"pixels\": [\"2\", 1]",
            "5`: `pixels` wants IMAGE, and output 1 of `2` is MASK",
        ),
        (
            "\"pixels\": [\"2\", 0]",
            "\"pixels\": [\"2\", 2]",
            "5`: `pixels` is linked to output 2 of `2`, which has 2",
        ),
        (
            "\"pixels\": [\"2\", 0]",
            "\"pixels\": [\"7\", 0]",
            "5`: `pixels` is linked to `7`, which isn't there",
        ),
        (
            "\"text\": \"ugly\"",
            "\"text\": [\"2\", 0]",
            "4`: `text` wants STRING, and output 0 of `2` is IMAGE",
        ),
    ] {
        assert_eq!(answered(from, to), [format!("wrong: node `{says}")]);
    }
    let says = "note: node `8`: `twice` is no input of it there: it is passed over";
    assert_eq!(answered("[\"6\", 0]", "[\"6\", 0], \"twice\": 1"), [says]);
    assert_eq!(answered("[\"6\", 0]", "[\"6\", 0], \"grows.image0\": [\"2\", 0]"), nothing);
    assert_eq!(answered("\"cfg\": 7.0", "\"cfg\": 7"), nothing, "a whole number is a number");
}

#[test]
fn what_a_server_says_is_read_whole_or_not_at_all() {
    let said = |text: &str| Classes::read(text).expect_err("it was taken");
    assert!(said("oops").starts_with("it isn't a list of classes"));
    let odd = r#"{"A": {"input": {"required": []}, "output": []}}"#;
    assert_eq!(said(odd), "`A` isn't said in a way that is known here");
    let known = Classes::read(&classes().to_string()).expect("it is what a server says");
    assert!(known.knows("KSampler") && !known.knows("Better"));
    let files = known.choices("CheckpointLoaderSimple", "ckpt_name");
    assert_eq!(files, Some(vec!["other.safetensors", "sd.safetensors"]));
    assert_eq!(known.choices("KSampler", "sampler_name"), Some(vec!["euler", "heun"]));
    assert_eq!(known.choices("KSampler", "steps"), None);
    assert_eq!(Classes::read("{}"), Ok(Classes::default()), "one that isn't known is nothing");
}

/// As a real server answered (version 0.33.0).
#[test]
#[expect(clippy::print_stderr, reason = "whoever runs the tests is told what was left out")]
fn what_a_real_server_said_is_understood() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/reference/comfyui-transcripts/s01_discovery.json"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: ../shared isn't there");
        return;
    };
    let talk: Value = serde_json::from_str(&text).expect("it is JSON");
    let events = talk["events"].as_array().expect("they are listed").iter();
    let asked = |it: &&Value| {
        it["request"]["path"].as_str().is_some_and(|it| it.starts_with("/object_info/"))
    };
    let mut all = serde_json::Map::new();
    for event in events.filter(asked) {
        let answer = event["response"]["body"]["json"].as_object().expect("it is JSON");
        all.extend(answer.clone());
    }
    let known = Classes::read(&Value::from(all).to_string()).expect("it is understood");
    assert!(known.knows("LoadImage") && !known.knows("NoSuchNode"));
    let graph = json!({
        "1": {"class_type": "LoadImage", "inputs": {"image": "{photo}"}},
        "2": {"class_type": "ImageScale", "inputs": {"image": ["1", 0], "upscale_method": "lanczos",
            "width": 512, "height": 16_385, "crop": "middle"}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "x"}},
    });
    let graph = read_graph(&graph.to_string()).expect("it is a graph");
    let found: Vec<_> = against(&graph, &known).iter().map(ToString::to_string).collect();
    let crop =
        "wrong: node `2`: `crop` is \"middle\", and the server takes \"disabled\", \"center\"";
    let height = "wrong: node `2`: `height` is 16385, and 16384 is the most";
    assert_eq!(found, [crop, height]);
}

#[test]
fn what_is_proposed_for_the_shipped_graphs_is_what_their_files_say() {
    let catalog = Catalog::read(SHIPPED).expect("it is right");
    assert!(!catalog.workflows.is_empty());
    for workflow in &catalog.workflows {
        let json = workflow.graph.to_string();
        let graph = read_graph(&json).expect("it is a graph");
        let toml = propose(&graph);
        let read = Workflow::read(&toml, &json).expect("what is proposed is right");
        let proposed = Workflow {
            name: workflow.name.clone(),
            version: workflow.version,
            seconds: workflow.seconds,
            vram_gb: workflow.vram_gb,
            spare: workflow.spare.clone(),
            models: workflow.models.clone(),
            ..read.clone()
        };
        assert_eq!(&proposed, workflow, "{toml}");
        let files = |it: &Workflow| {
            let mut files: Vec<_> = it.models.iter().map(|it| it.file.clone()).collect();
            files.sort();
            files
        };
        assert_eq!(files(&read), files(workflow));
        assert_eq!(placed(&graph), workflow.graph, "its places are there already");
        assert_eq!(toml.matches("# A guess").count(), 2, "only of seconds and memory: {toml}");
    }
}

/// A graph as it is exported, with an example in it, becomes a file of the catalog.
#[test]
fn an_exported_graph_becomes_a_workflow() {
    let exported = EDIT_JSON.replace("{photo}", "me.png").replace("{prompt}", "a cat");
    let graph = read_graph(&exported).expect("it is a graph");
    let toml = propose(&graph);
    let said = Workflow::read(&toml, &exported).expect_err("taken").to_string();
    assert!(said.contains("an example"), "{said}");
    let workflow = Workflow::read(&toml, &placed(&graph).to_string()).expect("it is right");
    let ours = Workflow::read(EDIT_TOML, EDIT_JSON).expect("it is right");
    for name in ["negative", "photo", "prefix", "prompt", "seed", "steps"] {
        assert_eq!(workflow.inputs.get(name), ours.inputs.get(name), "{name}");
    }
    assert_eq!(workflow.constants.get("negative"), Some(&json!("ugly")), "the graph's own");
    assert_eq!(workflow.constants.get("steps"), Some(&json!(30)));
    assert_eq!((workflow.output, workflow.models), (ours.output, ours.models));
}

#[test]
fn texts_and_photos_are_found_by_their_links_and_guesses_say_so() {
    let proposed = |graph: Value| propose(&read_graph(&graph.to_string()).expect("it is a graph"));
    let text = |value: &str| json!({"class_type": "CLIPTextEncode", "inputs": {"text": value}});
    // As newer graphs sample: a guider, noise and a scheduler of their own, a text from elsewhere.
    let mut graph = json!({
        "1": {"class_type": "PrimitiveString", "inputs": {"value": "a cat"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": ["1", 0]}},
        "3": {"class_type": "FluxGuidance", "inputs": {"conditioning": ["2", 0], "guidance": 3.5}},
        "4": {"class_type": "BasicGuider", "inputs": {"conditioning": ["3", 0]}},
        "5": {"class_type": "RandomNoise", "inputs": {"noise_seed": 5}},
        "6": {"class_type": "BasicScheduler", "inputs": {"steps": 20}},
        "7": {"class_type": "SamplerCustomAdvanced", "inputs": {"guider": ["4", 0],
            "noise": ["5", 0], "sigmas": ["6", 0], "latent_image": ["8", 0]}},
        "8": {"class_type": "EmptyLatentImage", "inputs": {"width": 512}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["7", 0], "filename_prefix": "x"}},
    });
    let toml = proposed(graph.clone());
    for line in ["prompt = [\"1.value\"]", "seed = [\"5.noise_seed\"]", "steps = [\"6.steps\"]"] {
        assert!(toml.contains(line), "{line}: {toml}");
    }
    assert!(!toml.contains("negative"), "{toml}");
    graph["4"] = json!({"class_type": "Better", "inputs": {"conditioning": ["3", 0]}});
    graph["2"] = text("a dog");
    let toml = proposed(graph);
    let guess = "# A guess: nothing that samples is linked to a text";
    assert!(toml.contains(guess) && toml.contains("prompt = [\"2.text\"]"), "{toml}");
    // The same text both ways, one of them switched off.
    let off = EDIT_JSON.replace(
        "\"CLIPTextEncode\", \"inputs\": {\"text\": \"ugly\", \"clip\": [\"1\", 1]}",
        "\"ConditioningZeroOut\", \"inputs\": {\"conditioning\": [\"3\", 0]}",
    );
    let toml = propose(&read_graph(&off).expect("it is a graph"));
    assert!(toml.contains("prompt = [\"3.text\"]") && !toml.contains("negative"), "{toml}");
    // The first image that the text is read with is the first photo, whatever its number.
    let load = || json!({"class_type": "LoadImage", "inputs": {"image": "x.png"}});
    let mut graph: Value = serde_json::from_str(EDIT_JSON).expect("it is JSON");
    graph["20"] = load();
    graph["3"]["inputs"]["image1"] = json!(["20", 0]);
    graph["3"]["inputs"]["image2"] = json!(["2", 0]);
    let toml = proposed(graph.clone());
    assert!(toml.contains("photo = [\"20.image\"]\nphoto2 = [\"2.image\"]"), "{toml}");
    assert!(!toml.contains("several"), "{toml}");
    graph["21"] = load();
    let toml = proposed(graph.clone());
    assert!(toml.contains("# \"21.image\" loads a third photo: two are the most."), "{toml}");
    for input in ["image1", "image2"] {
        graph["3"]["inputs"].as_object_mut().expect("it has inputs").remove(input);
    }
    let toml = proposed(graph);
    let guess =
        "# A guess: there are several, and the graph doesn't say which is the first\nphoto =";
    assert!(toml.contains(guess), "{toml}");
    let none = proposed(json!({"1": load()}));
    assert!(none.contains("must have exactly one node that saves") && none.contains("\"1.image\""));
}
