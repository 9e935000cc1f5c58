// The tunes: every beginning with what was made of it, and the filters.

const FORMATS = [
  ["mid", "MIDI"], ["abc", "ABC"], ["musicxml", "MusicXML"],
  ["wav", "Sound (WAV)"], ["svg", "Score (SVG)"], ["png", "Piano roll (PNG)"],
];

function showGallery({ real, models, given, tunes }) {
  const titled = (tune, version) =>
    version.model === real ? tune.title : `${version.model} continues ${tune.title}`;

  document.getElementById("lead").textContent =
    `Folk tunes by people, and by models that learnt from folk tunes. The first ${count(given, "measure")} ` +
    "are always a person's; everything after them was written by whoever is named.";
  document.getElementById("explained").textContent =
    "The tunes were drawn at random, not picked, and all models continue the same beginnings, of " +
    "tunes that no model was trained on. In the pictures, grey is the given beginning and red its " +
    "continuation. Surprise is measured in bits, by the model that wrote the tune: few in a bar that " +
    "it predicts, many in one that it does not.";

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
        picture(score, `Score: ${title}, in ${tune.meter}`),
        picture(roll, `Piano roll: ${title}, with bars numbered`)),
      make("p", { class: "files" }, "Download: ", ...FORMATS.flatMap(([ending, name]) => [
        make("a", { href: `${version.stem}.${ending}`, download: `${version.model}-${tune.number}.${ending}`,
          target: "_blank", "aria-label": `${name}: ${title}` }, name), " "])));
  }

  function picture(file, alt) {
    return make("a", { href: file, target: "_blank", class: "picture" },
      make("img", { src: file, alt, loading: "lazy" }));
  }

  function matchOf({ match }) {
    if (match.nearest === null) return ["It has nothing in common with a training tune."];
    const share = Math.round(100 * match.share);
    const above = match.above_limit ? " That exceeds the 95th percentile of real tunes." : "";
    return [
      "Nearest training tune: ", make("cite", {}, match.nearest),
      `, ${count(match.run, "note")} in a row in common; ${share} % of its passages are in training tunes.${above}`,
    ];
  }

  function surprise({ bits, first, judge, model }) {
    const most = Math.max(...bits), mean = bits.reduce((a, b) => a + b, 0) / bits.length;
    const bars = bits.map((value, i) => draw("rect", {
      x: 10 * i + 1, width: 8, y: 100 - (100 * value) / (most || 1), height: (100 * value) / (most || 1),
      class: i < given ? "given" : "new",
    }, draw("title", {}, `bar ${i + first}: ${value} bits`)));
    const told = bits.map((value, i) => `${i + first}: ${value}`).join(", ");
    return make("figure", { class: "surprise" },
      draw("svg", { viewBox: `0 0 ${10 * bits.length} 100`, preserveAspectRatio: "none", role: "img",
        "aria-label": `Bits of surprise in each bar: ${told}` }, ...bars),
      make("figcaption", {}, `Surprise${model === real ? ` to ${judge}` : ""}: ${mean.toFixed(1)} bits a bar, ` +
        `most in bar ${bits.indexOf(most) + first} (${most.toFixed(1)})`));
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
  choices("by-meter", meters.map((meter) => [meter, meter]));
  choices("by-tune", tunes.map((tune) => [tune.number, `${tune.number}. ${tune.title}`]));
  document.getElementById("filters").addEventListener("change", filter);
  document.getElementById("filters").addEventListener("reset", () => setTimeout(filter));
  filter();
}

function choices(id, values) {
  document.getElementById(id).append(...values.map(([value, name]) => make("option", { value }, name)));
}

/** Hide what is not asked for, and say how much is left. */
function filter() {
  const wanted = (id) => document.getElementById(id).value;
  let shown = 0;
  for (const tune of document.querySelectorAll(".tune")) {
    let here = 0;
    for (const card of tune.querySelectorAll(".card")) {
      card.hidden = !([wanted("by-model") || card.dataset.model].includes(card.dataset.model)
        && (wanted("by-meter") || tune.dataset.meter) === tune.dataset.meter
        && (wanted("by-tune") || tune.dataset.tune) === tune.dataset.tune);
      if (card.hidden) card.querySelector("audio").pause();
      else here += 1;
    }
    tune.hidden = !here;
    shown += here;
  }
  document.getElementById("found").textContent = `${count(shown, "tune")} shown`;
}

showGallery(data.gallery);
