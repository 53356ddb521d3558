// Shows the description of the API as a list of routes, each with a form to try it. Everything that
// comes from outside is put on the page as text.
"use strict";

const byId = (id) => document.getElementById(id);

function make(tag, attributes, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...inside.filter((it) => it !== undefined && it !== null));
  return made;
}

// A text with what stands in backticks as code.
function prose(text) {
  const parts = (text || "").split("`");
  return make("span", {}, ...parts.map((it, at) => (at % 2 ? make("code", {}, it) : it)));
}

// A schema without references.
function plain(schema, all) {
  if (!schema) return {};
  if (schema.$ref) return plain(all[schema.$ref.split("/").pop()], all);
  const parts = schema.allOf || schema.oneOf;
  if (parts) {
    const real = parts.map((it) => plain(it, all)).filter((it) => it.type !== "null");
    if (schema.allOf) return Object.assign({}, ...real, {
      properties: Object.assign({}, ...real.map((it) => it.properties)),
    });
    return real[0] || {};
  }
  return schema;
}

function kindOf(schema, all) {
  const it = plain(schema, all);
  if (it.enum) return it.enum.join(" | ");
  if (it.type === "array") return "list of " + kindOf(it.items, all);
  return [].concat(it.type || "object").join(" or ");
}

function fields(schema, all) {
  const it = plain(schema, all);
  const inside = it.type === "array" ? plain(it.items, all) : it;
  const rows = Object.entries(inside.properties || {}).map(([name, of]) => {
    const says = of.description || plain(of, all).description;
    const needed = (inside.required || []).includes(name) ? "" : ", optional";
    return make("li", {}, make("b", {}, name), " (" + kindOf(of, all) + needed + ") ", prose(says));
  });
  return rows.length ? make("ul", {}, ...rows) : undefined;
}

function example(schema, all, depth) {
  const it = plain(schema, all);
  if (it.example !== undefined) return it.example;
  if (it.default !== undefined) return it.default;
  if (it.enum) return it.enum[0];
  if (it.type === "array") return depth > 3 ? [] : [example(it.items, all, depth + 1)];
  if (it.properties) {
    const needed = Object.entries(it.properties).filter(([name, of]) =>
      (it.required || []).includes(name) || plain(of, all).example !== undefined);
    return Object.fromEntries(needed.map(([name, of]) => [name, example(of, all, depth + 1)]));
  }
  if (it.type === "boolean") return true;
  if (it.type === "integer") return it.minimum || 1;
  return "";
}

let count = 0;

function entry(of, all) {
  const id = "field-" + count++;
  const schema = plain(of.schema, all);
  let input;
  if (of.content === "body") {
    input = make("textarea", { id, spellcheck: "false" });
    input.value = JSON.stringify(example(of.schema, all, 0), null, 2);
  } else if (schema.enum || schema.type === "boolean") {
    const words = schema.enum || ["true", "false"];
    input = make("select", { id }, make("option", { value: "" }, "–"),
      ...words.map((it) => make("option", { value: it }, String(it))));
  } else {
    const type = schema.format === "binary" ? "file" : "text";
    input = make("input", { id, type, autocomplete: "off", spellcheck: "false" });
  }
  if (of.required) input.setAttribute("aria-required", "true");
  const needed = of.required ? " (needed)" : "";
  const label = make("label", { for: id }, of.name + needed, make("small", {}, " ", prose(of.description)));
  return { of, input, shown: make("div", {}, label, input) };
}

function shownAnswer(place, answer, text) {
  const good = answer.status < 400;
  let shown = text;
  try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* It is no JSON. */ }
  place.replaceChildren(
    make("p", { class: good ? "good" : "bad" }, answer.status + " " + answer.statusText),
    make("pre", { tabindex: "0" }, shown || "(nothing)"));
}

function request(method, path, entries) {
  const query = new URLSearchParams();
  const headers = {};
  let address = path;
  let body;
  let form;
  for (const { of, input } of entries) {
    const value = input.type === "file" ? input.files[0] : input.value;
    if (!value) continue;
    if (of.in === "path") address = address.replace("{" + of.name + "}", encodeURIComponent(value));
    if (of.in === "query") query.set(of.name, value);
    if (of.in === "header") headers[of.name] = value;
    if (of.content === "body") {
      body = value;
      headers["Content-Type"] = "application/json";
    }
    if (of.content === "form") (form = form || new FormData()).append(of.name, value);
  }
  const key = byId("key").value.trim();
  if (key) headers.Authorization = "Bearer " + key;
  const user = byId("user").value.trim();
  const takes = entries.some(({ of }) => of.in === "query" && of.name === "user");
  if (user && takes && !query.has("user")) query.set("user", user);
  const asked = query.toString();
  return [address + (asked ? "?" + asked : ""), { method: method.toUpperCase(), headers, body: form || body }];
}

function tryIt(method, path, about, all) {
  const entries = (about.parameters || []).map((of) => entry(of, all));
  const content = about.requestBody && about.requestBody.content;
  if (content && content["application/json"]) {
    const schema = content["application/json"].schema;
    entries.push(entry({ name: "Body", content: "body", required: true, schema }, all));
  }
  if (content && content["multipart/form-data"]) {
    const form = plain(content["multipart/form-data"].schema, all);
    for (const [name, schema] of Object.entries(form.properties)) {
      const required = (form.required || []).includes(name);
      entries.push(entry({ name, schema, content: "form", required, description: schema.description }, all));
    }
  }
  const place = make("div", { role: "status", "aria-live": "polite" });
  const send = make("button", { type: "submit" }, "Send");
  const form = make("form", {}, ...entries.map((it) => it.shown), send, place);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      const answer = await fetch(...request(method, path, entries));
      shownAnswer(place, answer, await answer.text());
    } catch (error) {
      place.replaceChildren(make("p", { class: "bad" }, "Nothing came back: " + error.message));
    }
    send.disabled = false;
  });
  return form;
}

function answers(about, all) {
  const rows = Object.entries(about.responses).map(([code, it]) => {
    const content = it.content && it.content["application/json"];
    return make("li", {}, make("b", {}, code), " ", prose(it.description),
      content && fields(content.schema, all));
  });
  return make("ul", {}, ...rows);
}

function route(method, path, about, all) {
  const scope = about.security && about.security[0] && about.security[0].key[0];
  const summary = make("summary", {}, make("span", { class: "method" }, method.toUpperCase()),
    make("span", { class: "path" }, path), " ", about.summary || "");
  const shown = make("details", {}, summary);
  shown.dataset.words = [method, path, about.summary, scope].join(" ").toLowerCase();
  // Filled when it is opened: there are many.
  shown.addEventListener("toggle", () => {
    if (!shown.open || shown.children.length > 1) return;
    const body = about.requestBody && about.requestBody.content;
    const schema = body && Object.values(body)[0].schema;
    shown.append(make("div", {},
      about.description && make("p", {}, prose(about.description)),
      scope && make("p", { class: "soft" }, "Scope: " + scope),
      schema && make("h3", {}, "What is sent"), schema && fields(schema, all),
      make("h3", {}, "What is answered"), answers(about, all),
      make("h3", {}, "Try it"), tryIt(method, path, about, all)));
  });
  return shown;
}

function find() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("section")) {
    let some = false;
    for (const it of section.querySelectorAll("details")) {
      it.hidden = !words.every((word) => it.dataset.words.includes(word));
      some = some || !it.hidden;
    }
    section.hidden = !some;
  }
}

async function show() {
  const spec = await (await fetch("/api/openapi.json")).json();
  const all = spec.components.schemas;
  byId("about").replaceChildren(prose(spec.info.description));
  const byTag = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, about] of Object.entries(methods)) {
      const tag = (about.tags || ["Others"])[0];
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push(route(method, path, about, all));
    }
  }
  const sections = [...byTag].map(([tag, routes]) => make("section", {}, make("h2", {}, tag), ...routes));
  byId("routes").replaceChildren(...sections);
  byId("search").addEventListener("input", find);
}

show().catch((error) => {
  byId("routes").replaceChildren(make("p", { class: "bad" }, "The description can't be read: " + error.message));
});
