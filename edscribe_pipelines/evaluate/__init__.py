"""Generated notes against their references: metrics, systems compared, report, champion.

What enters: prompt, reference and generated text of the test split. What leaves: figures, plots and
the decision whether an adapter replaces the one in use. No note text leaves. Which error is worse:
an adapter promoted on a flattering figure; so each figure carries its definition, its baselines and
the number of patients behind it.
"""
