(* Softmax, and cross-entropy behind it, for any number of classes. *)
From mathcomp Require Import all_ssreflect ssralg ssrnum zmodp matrix.
From mathcomp Require Import classical_sets boolp functions.
From mathcomp Require Import topology normedtype derive reals sequences exp.
From chainrule Require Import calculus.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory numFieldNormedType.Exports.
Local Open Scope ring_scope.

Section Softmax.
Variable R : realType.
Notation vec n := 'M[R]_(n.+1, 1).

Definition softmax n (z : vec n) : vec n :=
  \col_i (expR (z i 0) / \sum_k expR (z k 0)).

Lemma sum_expR_neq0 n (z : vec n) : \sum_k expR (z k 0) != 0.
Proof.
rewrite (bigD1 ord0) //=; apply/lt0r_neq0/ltr_paddr; last exact: expR_gt0.
by apply: sumr_ge0 => k _; exact/ltW/expR_gt0.
Qed.

(* (1.3.2a) The Jacobian of softmax, row i. *)
Theorem softmax_jacobian n (z : vec n) i :
  let a := softmax z in
  has_gradient (fun z => softmax z i 0) z
    (\col_j (a i 0 * ((i == j)%:R - a j 0))).
Proof.
move=> a.
pose e k (z : vec n) : R := expR (z k 0).
pose S (z : vec n) : R := \sum_k e k z.
have De k : has_gradient (e k) z (\matrix_(i, j) (((k == i) && (0 == j))%:R * expR (z k 0))).
  have dx : derivable (@expR R) (z k 0) 1 by exact: derivable_expR.
  have := @entry_gradient R n 0 (@expR R) z k 0 dx.
  by rewrite derive1E derive_val.
have DS : has_gradient S z (\sum_k \matrix_(i, j) (((k == i) && (0 == j))%:R * expR (z k 0))).
  exact: sum_gradient.
have S0 : S z != 0 by exact: sum_expR_neq0.
have [de _] := De i; have [dS _] := DS.
have dV : differentiable (fun z => (S z)^-1) z by exact: differentiableV.
have E : (fun z => softmax z i 0) = e i * (fun z => (S z)^-1).
  by apply/funext => y; rewrite mxE.
split; first by rewrite E; exact: differentiableM.
apply/matrixP => j l; rewrite (ord1 l) mxE E deriveM; try exact: diff_derivable.
rewrite deriveV //; last exact: diff_derivable.
have Dk k : 'D_(delta_mx j 0) (e k) z = (k == j)%:R * expR (z k 0).
  by have [_ /matrixP/(_ j 0)] := De k; rewrite !mxE eqxx andbT.
have -> : 'D_(delta_mx j 0) S z = expR (z j 0).
  have [_ /matrixP/(_ j 0)] := DS; rewrite mxE => ->; rewrite summxE (bigD1 j) //= big1.
    by rewrite mxE !eqxx mul1r addr0.
  by move=> k kj; rewrite mxE (negbTE kj) mul0r.
rewrite Dk !mxE -/(S z) /e.
rewrite -[_ *: _]/(_ * _) -[X in _ + X]/(_ * _).
rewrite mulrBr addrC; congr (_ + _).
  by rewrite mulrCA [RHS]mulrC [(S z)^-1 * _]mulrC.
rewrite -[_ *: _]/(_ * _) mulNr mulrN; congr (- _).
by rewrite expr2 invfM [RHS]mulrACA -mulrA [_ * expR (z j 0)]mulrC.
Qed.

Lemma softmax_gt0 n (z : vec n) i : 0 < softmax z i 0.
Proof.
rewrite mxE divr_gt0 ?expR_gt0 // lt0r sum_expR_neq0 sumr_ge0 // => k _.
exact/ltW/expR_gt0.
Qed.

Definition cross_entropy n (y a : vec n) : R := - \sum_k y k 0 * ln (a k 0).

Lemma cross_entropy_slopes n (y a : vec n) :
  (forall k, 0 < a k 0) ->
  has_gradient (cross_entropy y) a (\col_k (- (y k 0 / a k 0))).
Proof.
move=> a0; pose f k : R -> R := - (y k 0 *: (@ln R)).
have df k : is_derive (a k 0) 1 (f k) (- (y k 0 *: (a k 0)^-1)).
  exact/is_deriveN/is_deriveZ/is_derive1_ln.
have E : cross_entropy y = (fun a => \sum_k f k (a k 0)).
  by apply/funext => b; rewrite /cross_entropy -sumrN.
have H k : has_gradient (fun a : vec n => f k (a k 0)) a
    (\matrix_(i, j) (((k == i) && (0 == j))%:R * - (y k 0 / a k 0))).
  have dk : derivable (f k) (a k 0) 1 by have [] := df k.
  have := @entry_gradient R n 0 (f k) a k 0 dk.
  by rewrite derive1E (@derive_val _ _ _ _ _ _ _ (df k)).
have [d D] := sum_gradient H; rewrite E; split=> //; rewrite D.
apply/matrixP => j l; rewrite (ord1 l) summxE mxE (bigD1 j) //= big1.
  by rewrite mxE !eqxx mul1r addr0.
by move=> k kj; rewrite mxE (negbTE kj) mul0r.
Qed.

(* (1.4.4b) The gradient of cross-entropy in the logits, for one sample. *)
Theorem cross_entropy_gradient n (y z : vec n) :
  \sum_k y k 0 = 1 ->
  has_gradient (fun z => cross_entropy y (softmax z)) z
    (softmax z - y).
Proof.
move=> y1; have a0 k : 0 < softmax z k 0 by exact: softmax_gt0.
have [dC DC] := cross_entropy_slopes y a0.
have [k l||d D] := @chain_rule R n 0 n 0 (@softmax n) (cross_entropy y) z.
- by rewrite (ord1 l); have [] := softmax_jacobian z k.
- exact: dC.
split=> //; rewrite D; apply/matrixP => j l; rewrite (ord1 l) mxE.
transitivity (\sum_k (y k 0 * softmax z j 0 - (k == j)%:R * y k 0)).
  apply: eq_bigr => k _; rewrite big_ord_recl big_ord0 addr0 DC mxE.
  have [_ ->] := softmax_jacobian z k; rewrite [X in _ * X]mxE.
  rewrite mulNr -mulrA mulKf; last exact: lt0r_neq0.
  by rewrite mulrBr opprB [y k 0 * _%:R]mulrC.
rewrite sumrB -mulr_suml y1 mul1r [RHS]mxE; congr (_ + _); rewrite mxE; congr (- _).
rewrite (bigD1 j) //= eqxx mul1r big1 ?addr0 // => k kj.
by rewrite (negbTE kj) mul0r.
Qed.
End Softmax.
