"""One connection of a network, in the notation of the house and of each lecture (appendix A)."""

import ipywidgets

from chainrule.plots import BLUE, RED
from chainrule.widgets.base import Interactive
from chainrule.widgets.graphs import canvas

# Input, weight, bias, pre-activation, activation, error term, update; l, j, k are layer, unit and input as the house
# counts them, m = l - 1 and n = l + 1.
SPELLINGS = {
    "the house": (
        ("a^{(%(m)d)}_{%(k)d}", "w^{(%(l)d)}_{%(k)d%(j)d}", "b^{(%(l)d)}_{%(j)d}")
        + ("z^{(%(l)d)}_{%(j)d}", "a^{(%(l)d)}_{%(j)d}", r"\delta^{(%(l)d)}_{%(j)d}")
        + (r"w \leftarrow w - \gamma\,\partial L/\partial w",)
    ),
    "NIT": (
        ("a_{%(k)d}^{(%(m)d)}", "w_{%(j)d%(k)d}^{(%(l)d)}", "b_{%(j)d}^{(%(l)d)}")
        + ("z_{%(j)d}^{(%(l)d)}", "a_{%(j)d}^{(%(l)d)}", r"\partial C_0/\partial z_{%(j)d}^{(%(l)d)}")
        + (r"w_{t+1} = w_t - \alpha\,\nabla C_0",)
    ),
    "Amrita": (
        ("h_{%(m)d%(k)d}", "W_{%(l)d%(j)d%(k)d}", "b_{%(l)d%(j)d}")
        + ("a_{%(l)d%(j)d}", "h_{%(l)d%(j)d}", r"\partial\mathcal{L}/\partial a_{%(l)d%(j)d}")
        + (r"w = w - \eta\,\Delta w",)
    ),
    "IIT Madras": (
        ("a_{%(k)d}^{(%(l)d)}", "W_{%(j)d%(k)d}^{(%(l)d)}", "b_{%(j)d}^{(%(l)d)}")
        + ("z_{%(j)d}^{(%(n)d)}", "a_{%(j)d}^{(%(n)d)}", r"\delta_{%(j)d}^{(%(n)d)}")
        + (r"W := W - \alpha\,\partial J/\partial W",)
    ),
    "Park": (
        ("f_{%(m)d}", "w_{%(l)d}", "1 \\cdot b")
        + ("a_{%(l)d}", "f_{%(l)d}", r"\partial L/\partial a_{%(l)d}")
        + (r"w = w - \gamma\,\partial L/\partial w",)
    ),
    "DMML": (
        ("a_{%(k)d}^{%(m)d}", "w_{%(j)d%(k)d}^{%(l)d}", "b_{%(j)d}^{%(l)d}")
        + ("z_{%(j)d}^{%(l)d}", "a_{%(j)d}^{%(l)d}", r"\delta_{%(j)d}^{%(l)d}")
        + (r"\mathrm{(none\ printed)}",)
    ),
}


def one_connection():
    """A unit with one of its inputs, every quantity under the name that the chosen lecture gives it."""
    figure, axes = canvas(8, 3.6, (8, 3.4))
    axes.scatter([1.1, 4.4], [2, 2], s=[2600, 6000], facecolor="white", edgecolor="black", zorder=2)
    axes.plot([4.4, 4.4], [1.42, 2.58], color="gray", zorder=3)
    arrow = {"arrowstyle": "-|>", "color": "gray", "shrinkA": 0, "shrinkB": 0}
    for start, end in (((1.56, 2), (3.72, 2)), ((3.9, 0.75), (4.1, 1.42)), ((5.08, 2), (6.2, 2))):
        axes.annotate("", end, start, arrowprops=arrow)
    captions = {
        (1.1, 2.75): "input",
        (4.4, 2.85): "pre-activation | activation",
        (2.6, 1.7): "weight",
        (3.1, 0.5): "bias",
    }
    captions |= {(6.9, 2.75): "error term", (6.4, 0.85): "update"}
    for place, caption in captions.items():
        axes.text(*place, caption, ha="center", color="dimgray", fontsize="small")
    style = {"ha": "center", "va": "center", "zorder": 4, "fontsize": 14}
    places = [(1.1, 2), (2.6, 2.25), (3.8, 0.5), (4.12, 2), (4.68, 2), (6.9, 2), (6.4, 0.5)]
    colours = [BLUE, "black", "black", BLUE, BLUE, RED, "black"]
    names = [axes.text(*place, "", color=c, **style) for place, c in zip(places, colours, strict=True)]
    title = axes.set_title(" ")

    def redraw(notation, layer, unit, source):
        numbers = {"l": layer, "m": layer - 1, "n": layer + 1, "j": unit, "k": source}
        texts = [spelling % numbers for spelling in SPELLINGS[notation]]
        if layer == 1:
            texts[0] += " = x" if notation == "Park" else f" = x_{source}"
        for name, text in zip(names, texts, strict=True):
            name.set_text(f"${text}$")
        names[0].set_fontsize(14 if layer > 1 else 11)
        words = f"{notation}: from unit {source} of layer {layer - 1} to unit {unit} of layer {layer}"
        title.set_text(words)
        code = f"W{layer}[{source - 1}, {unit - 1}] in code" if notation == "the house" else "in LaTeX"
        return (
            f"A connection in the notation of {words}. Its weight is {texts[1]} ({code}), its unit's output {texts[4]}."
        )

    controls = {
        "notation": ipywidgets.Dropdown(options=list(SPELLINGS), description="notation"),
        "layer": ipywidgets.IntSlider(2, min=1, max=3, description="layer"),
        "unit": ipywidgets.IntSlider(1, min=1, max=4, description="to unit"),
        "source": ipywidgets.IntSlider(2, min=1, max=4, description="from unit"),
    }
    text = (
        "Choose a connection (layers counted as the house does, inputs being layer 0), then go through the notations. "
        "Which letter means two different things in two lectures?"
    )
    return Interactive(text, controls, figure, [*names, title], redraw)


INTERACTIVES = [one_connection]
