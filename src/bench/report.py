"""The table and the JSON."""
import json
import os
import statistics

NOISY = 10


def number(x):
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.1f}" if abs(x) >= 10 else f"{x:.2f}"


def quiet_pairs(row):
    """Indexes of the pairs in which everything else took at most 10 % of the machine; all, where there is none."""
    each = zip(row["ours"], row["reference"]) if row["reference"] else ((o, o) for o in row["ours"])
    noise = [max(o.get("noise", 0), r.get("noise", 0)) for o, r in each]
    return [i for i, n in enumerate(noise) if n <= NOISY] or list(range(len(noise))), max(noise)


def summed_up(row):
    """Adds the medians, the ratios and whether the target was reached."""
    use, noise = quiet_pairs(row)
    values = lambda samples: [samples[i]["value"] for i in use]
    out = {"noise": noise, "median": statistics.median(values(row["ours"]))}
    if row["reference"]:
        out["reference_median"] = statistics.median(values(row["reference"]))
        ratios = [o / max(r, 1e-9) for o, r in zip(values(row["ours"]), values(row["reference"]))]
        out.update(ratio=statistics.median(ratios), least=min(ratios), most=max(ratios))
    target = row.get("limit") or row["reach"]
    if target:
        value = out["median"] if row.get("limit") else out["ratio"]
        out["reached"] = {">=": value >= target[1], "<=": value <= target[1], "<": value < target[1]}[target[0]]
    return out


def cpu(samples):
    """CPU in % of one core, of the middle sample."""
    if not samples or "cpu" not in samples[0]:
        return ""
    middle = sorted(samples, key=lambda x: x["value"])[len(samples) // 2]
    return ", ".join(f"{k} {v}" for k, v in middle["cpu"].items())


def cost(samples):
    """CPU microseconds of one operation, the system's processes and its Redis together: the median. It suffers less from a
    busy machine than a rate does."""
    return number(statistics.median(sum(x["cpu"].values()) * 1e4 / x["value"] for x in samples))


def costs(row):
    if row["unit"] != "/s" or not row["reference"]:
        return ""
    return f"{cost(row['ours'])} / {cost(row['reference'])}"


def line(row):
    o = row["summary"]
    target = row.get("limit") or row["reach"]
    of = "" if row.get("limit") or not target else "ratio "
    ratio = f"{o['ratio']:.2f} ({o['least']:.2f} to {o['most']:.2f})" if "ratio" in o else "-"
    reference = f"{number(o['reference_median'])} ({row['against']})" if row["reference"] else "-"
    reached = "" if not target else "yes" if o["reached"] else "**no**"
    noise = f"{o['noise']:.0f}{' ~' if o['noise'] > NOISY else ''}" if "noise" in row["ours"][0] else "-"
    return (f"| {row['measure']} | {row['what']} | {number(o['median'])} {row['unit']} | {reference} | {ratio} | "
            f"{of + target[0] + ' ' + str(target[1]) if target else ''} | {reached} | {noise} | {cpu(row['ours'])} | {costs(row)} |")


def write(result, folder):
    lines = ["| | what | ours | reference | ratio (least to most) | target | reached | others % | CPU of ours, % of a core | CPU us per task, ours / reference |", "|---|---|---|---|---|---|---|---|---|---|"]
    for row in result["rows"]:
        row["summary"] = summed_up(row)
        lines.append(line(row))
    lines += [f"\n{letter} failed: {why}" for letter, why in result["failed"].items()]
    versions = ", ".join(v if k == "machine" else f"{k} {v}" for k, v in result["versions"].items())
    lines.append(f"\nTaken {result['started']} in {result['secs']} s{' (--quick: not for figures)' if result['quick'] else ''} on {versions}.")
    text = "\n".join(lines) + "\n"
    with open(os.path.join(folder, "results.json"), "w") as f:
        json.dump(result, f, indent=1)
    with open(os.path.join(folder, "table.md"), "w") as f:
        f.write(text)
    print(text)
