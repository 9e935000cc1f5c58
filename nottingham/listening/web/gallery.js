// The tunes: every beginning with what was made of it, and the filters.

const FORMATS = [
  ["mid", "MIDI"], ["abc", "ABC"], ["musicxml", "MusicXML"],
  ["wav", "Sound (WAV)"], ["svg", "Score (SVG)"], ["png", "Piano roll (PNG)"],
];

function showGallery({ real, models, baselines, given, tunes }) {
  const titled = (tune, version) =>
    version.model === real ? tune.title : `${version.model} continues ${tune.title}`;

  document.getElementById("lead").textContent =
    `Folk tunes by people, and by models that learnt from folk tunes. The first ${count(given, "measure")} ` +
    "are always a person's; everything after them was written by whoever is named.";
  document.getElementById("explained").textContent =
    "The tunes were drawn at random, not picked, and all models continue the same beginnings, of " +
    "tunes that no model was trained on. Surprise is measured in bits, by the model that wrote the tune: " +
    "few in a measure that it predicts, many in one that it does not.";
  document.getElementById("legend").append(
    make("li", {}, swatch("given"), make("span", {}, `Given: the first ${count(given, "measure")}, an upbeat's among them. Grey.`)),
    make("li", {}, swatch("new"), make("span", {}, "New: what follows. Red; in scores black, after a thick barline.")));

  function card(tune, version) {
    const title = titled(tune, version);
    const score = `${version.stem}.svg`, roll = `${version.stem}.png`;
    return make("article", { class: "card", "data-model": version.model, "aria-label": title },
      make("h4", {}, version.model === real ? "The tune itself" : version.model),
      player(`${version.stem}.wav`, title),
      surprise(version),
      make("p", { class: version.match.above_limit ? "match above-limit" : "match" }, ...matchOf(version)),
      make("details", {},
        make("summary", {}, "Score and piano roll"),
        make("p", { class: "about" }, legend(version)),
        picture(score, `Score: ${title}, in ${tune.meter}`, `${version.stem}-narrow.svg`),
        picture(roll, `Piano roll: ${title}, with measures numbered`)),
      make("p", { class: "files" }, "Download: ", ...FORMATS.flatMap(([ending, name]) => [
        make("a", { href: `${version.stem}.${ending}`, download: `${version.model}-${tune.number}.${ending}`,
          target: "_blank", "aria-label": `${name}: ${title}` }, name), " "])));
  }

  function swatch(kind) {
    return make("span", { class: `swatch ${kind}`, "aria-hidden": "true" });
  }

  function legend({ first, model }) {
    const last = first + given - 1;
    const after = model === real ? "which the models were given; the tune goes on" : `which were given; ${model} goes on`;
    return `Grey: measures ${first} to ${last}, ${after} from measure ${last + 1}, after the thick barline of the score.`;
  }

  /** Make a picture, with another file for narrow screens where there is one. */
  function picture(file, alt, narrow = null) {
    return make("a", { href: file, target: "_blank", class: "picture" }, make("picture", {},
      ...(narrow ? [make("source", { srcset: narrow, media: "(max-width: 40rem)" })] : []),
      make("img", { src: file, alt, loading: "lazy" })));
  }

  function matchOf({ match }) {
    if (match.nearest === null) return ["It has nothing in common with a training tune."];
    const share = Math.round(100 * match.share);
    const above = match.above_limit ? " That exceeds the 95th percentile of real tunes." : "";
    return [
      "Nearest training tune: ", make("cite", {}, match.nearest),
      `, ${count(match.run, "note")} in a row in common; ${share}\u00a0% of its passages are in training tunes.${above}`,
    ];
  }

  function surprise({ bits, first, judge, model }) {
    const most = Math.max(...bits), mean = bits.reduce((a, b) => a + b, 0) / bits.length;
    const bars = bits.map((value, i) => draw("rect", {
      x: 10 * i + 1, width: 8, y: 100 - (100 * value) / (most || 1), height: (100 * value) / (most || 1),
      class: i < given ? "given" : "new",
    }, draw("title", {}, `measure ${i + first}${i < given ? ", given" : ""}: ${value} bits`)));
    if (bits.length > given) bars.push(draw("line", { x1: 10 * given, x2: 10 * given, y1: 0, y2: 100 }));
    const told = bits.map((value, i) => `${i + first}: ${value}`).join(", ");
    return make("figure", { class: "surprise" },
      draw("svg", { viewBox: `0 0 ${10 * bits.length} 100`, preserveAspectRatio: "none", role: "img",
        "aria-label": `Bits of surprise in each measure: ${told}` }, ...bars),
      make("figcaption", {}, `Surprise${model === real ? ` to ${judge}` : ""}: ${mean.toFixed(1)} bits a measure, ` +
        `most in measure ${bits.indexOf(most) + first} (${most.toFixed(1)})`));
  }

  function beginning(tune) {
    const id = `tune-${tune.number}`;
    const about = [tune.id, tune.meter, tune.key].filter(Boolean).join(", ");
    return make("section", { class: "tune", "aria-labelledby": id, "data-tune": tune.number, "data-meter": tune.meter },
      make("h3", { id }, `${tune.number}. ${tune.title}`),
      make("p", { class: "about" }, about),
      make("div", { class: "cards" }, ...tune.versions.map((version) => card(tune, version))));
  }

  document.getElementById("tunes").append(...tunes.map(beginning));
  const meters = [...new Set(tunes.map((tune) => tune.meter))].sort();
  choices("by-model", models.map((name) => [name, name === real ? "people" : name]));
  if (baselines.length) document.getElementById("named").textContent = `Show the baselines, too (${baselines.join(", ")})`;
  else document.getElementById("baselines").parentElement.remove();
  choices("by-meter", meters.map((meter) => [meter, meter]));
  choices("by-tune", tunes.map((tune) => [tune.number, `${tune.number}. ${tune.title}`]));
  const update = () => filter(baselines);
  document.getElementById("filters").addEventListener("change", update);
  document.getElementById("filters").addEventListener("reset", () => setTimeout(update));
  update();
}

function choices(id, values) {
  document.getElementById(id).append(...values.map(([value, name]) => make("option", { value }, name)));
}

/** Hide what is not asked for, and say how much is left; a baseline is shown by its name, too. */
function filter(baselines) {
  const wanted = (id) => document.getElementById(id).value;
  const quiet = document.getElementById("baselines")?.checked || wanted("by-model") ? [] : baselines;
  let shown = 0, left = 0;
  for (const tune of document.querySelectorAll(".tune")) {
    let here = 0;
    for (const card of tune.querySelectorAll(".card")) {
      const asked = [wanted("by-model") || card.dataset.model].includes(card.dataset.model)
        && (wanted("by-meter") || tune.dataset.meter) === tune.dataset.meter
        && (wanted("by-tune") || tune.dataset.tune) === tune.dataset.tune;
      card.hidden = !asked || quiet.includes(card.dataset.model);
      left += asked && card.hidden;
      if (card.hidden) card.querySelector("audio").pause();
      else here += 1;
    }
    tune.hidden = !here;
    shown += here;
  }
  document.getElementById("found").textContent = `${count(shown, "tune")} shown` + (left ? `, ${left} by baselines hidden` : "");
}

showGallery(data.gallery);
