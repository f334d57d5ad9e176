"""How the gallery looks, and which of its pictures belong to which page."""

# The picture on each Display's page: an example, and which of its figures.
PICTURES = {
    "FeatureScoreDisplay": ("columns/plot_feature_scores", 1),
    "InformationPlaneDisplay": ("networks/plot_information_plane", 1),
    "LagDisplay": ("time/plot_lag", 1),
    "MINECurveDisplay": ("networks/plot_mine", 1),
    "NoiseResponseDisplay": ("networks/plot_noise_response", 1),
    "PairwiseMIDisplay": ("columns/plot_pairwise", 1),
    "RelativeScaleDisplay": ("estimates/plot_scale_search", 1),
    "ScaleCurveDisplay": ("estimates/plot_units", 1),
    "TrainingDynamicsDisplay": ("networks/plot_information_plane", 2),
}


def path_of_picture(display):
    """Return the path of a Display's picture, from the top of the documentation."""
    example, number = PICTURES[display]
    folder, name = example.split("/")
    return f"/auto_examples/{folder}/images/sphx_glr_{name}_{number:03d}.png"


def set_style(gallery_conf, fname):
    """Plain axes and small files, for each example anew."""
    import matplotlib.pyplot as plt

    plt.rcParams.update(
        {
            "figure.dpi": 90,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
        }
    )
