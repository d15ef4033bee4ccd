// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
//
// Finds names of the reference and headings of the pages. names.js, which the build makes, has them.
"use strict";

(() => {
    const field = document.getElementById("search");
    const list = document.getElementById("found");
    const menu = document.getElementById("menu");
    const most = 12;

    // Where there is room, the contents are always there.
    const wide = matchMedia("(min-width: 62rem)");
    const fit = () => { menu.open = wide.matches; };
    wide.addEventListener("change", fit);
    fit();

    const here = location.pathname.split("/").pop() || "index.html";
    for (const link of menu.querySelectorAll("a")) {
        if (link.getAttribute("href") === here)
            link.setAttribute("aria-current", "page");
    }

    // The lower, the better: the last part of a name, its beginning, anything in it.
    const rank = (entry, wanted) => {
        const name = entry.name.toLowerCase();
        const last = name.split("::").pop();
        if (last === wanted)
            return 0;
        if (last.startsWith(wanted))
            return 1;
        return name.includes(wanted) ? 2 : -1;
    };

    const show = () => {
        const wanted = field.value.trim().toLowerCase().replace(/\s+/g, " ");
        const hits = wanted === "" ? [] : names
            .map((entry) => ({ entry, rank: rank(entry, wanted) }))
            .filter((hit) => hit.rank >= 0)
            .sort((a, b) => a.rank - b.rank || a.entry.name.length - b.entry.name.length)
            .slice(0, most);
        list.replaceChildren(...hits.map(({ entry }) => {
            const link = document.createElement("a");
            link.href = entry.url;
            const name = document.createElement("code");
            name.textContent = entry.name;
            const brief = document.createElement("span");
            brief.textContent = entry.brief;
            link.append(name, brief);
            const item = document.createElement("li");
            item.append(link);
            return item;
        }));
        if (wanted !== "" && hits.length === 0) {
            const item = document.createElement("li");
            item.textContent = "Nothing has that name.";
            list.append(item);
        }
        list.hidden = wanted === "";
    };

    const step = (by) => {
        const links = [...list.querySelectorAll("a")];
        const next = links.indexOf(document.activeElement) + by;
        (links[next] || field).focus();
    };

    field.addEventListener("input", show);
    document.addEventListener("keydown", (event) => {
        if (event.key === "/" && document.activeElement !== field) {
            event.preventDefault();
            field.focus();
        } else if (event.key === "Escape") {
            field.value = "";
            show();
        } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
            event.preventDefault();
            step(event.key === "ArrowDown" ? 1 : -1);
        } else if (event.key === "Enter" && document.activeElement === field) {
            list.querySelector("a")?.click();
        }
    });
    list.addEventListener("click", () => { list.hidden = true; });
})();
